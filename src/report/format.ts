/** 0.9463 → "94.63 %" */
export function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** 0.9463 → "94.63 %" */
export function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** 60000 → "60,000" */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

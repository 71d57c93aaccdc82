/** 159020 → "159,020" */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

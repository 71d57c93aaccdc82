/** Rows of words as lines with aligned columns, two spaces between them. */
export function alignTable(rows: readonly (readonly string[])[], isLeft: (column: number) => boolean): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const align = (cell: string, column: number) =>
    isLeft(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  return rows.map((row) => row.map(align).join('  ').trimEnd());
}

/** Rows that are in the scrolled area at once: browsers know no area higher than some millions of pixels. */
export const SEGMENT = 400_000;

/** Returns the first row of the part of a log that shows a row; the present part stays if it does. */
export function baseFor(row: number, base: number, rows: number): number {
  if (row >= base && row < base + SEGMENT) return base;
  const half = SEGMENT / 2;
  const first = Math.floor(row / half) * half - half / 2;
  return Math.max(0, Math.min(first, Math.max(0, rows - half)));
}

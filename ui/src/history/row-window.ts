/** Heights in pixels; `open`: the row below which a detail is shown, and how high that is. */
export type RowSizes = { count: number; row: number; open: { index: number; height: number } | null };
type View = { top: number; height: number };

/** Rows beyond each edge that are ready before they are seen. */
const SPARE = 8;

/** Where a row begins. */
export function topOf(index: number, { row, open }: RowSizes): number {
  return index * row + (open !== null && index > open.index ? open.height : 0);
}

export const heightOf = (sizes: RowSizes) => topOf(sizes.count, sizes);

/** The rows to draw, `to` exclusive: those in view and some more. */
export function rowWindow({ top, height }: View, sizes: RowSizes): { from: number; to: number } {
  const { count } = sizes;
  const from = Math.min(rowAt(top, sizes), count) - SPARE;
  const to = rowAt(top + height, sizes) + 1 + SPARE;
  return { from: Math.max(0, from), to: Math.min(count, Math.max(to, 0)) };
}

/** How far to scroll so that a row is wholly in view: as little as possible. */
export function scrollTo(index: number, { top, height }: View, sizes: RowSizes): number {
  const begins = topOf(index, sizes);
  if (begins < top) return begins;
  return Math.max(top, begins + sizes.row - height);
}

function rowAt(y: number, { row, open }: RowSizes): number {
  if (open === null || y < (open.index + 1) * row) return Math.floor(y / row);
  return Math.max(open.index, Math.floor((y - open.height) / row));
}

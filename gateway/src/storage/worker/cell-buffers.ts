import type { EpochCells } from '../port/comparison-store.ts';

/** The buffers of an answer that has cells, each once; of other answers none. */
export function cellBuffers(answer: unknown): ArrayBuffer[] {
  if (!Array.isArray(answer)) return [];
  const buffers = (answer as EpochCells[]).flatMap(({ cells, latencies }) => [
    ...cells.flatMap(({ n, sum, squares }) => [n.buffer, sum.buffer, squares.buffer]),
    ...latencies.map(({ counts }) => counts.buffer),
  ]);
  return [...new Set(buffers)] as ArrayBuffer[];
}

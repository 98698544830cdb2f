import type { ModelCard } from '@coppice/contract';

/** A model card as text for people and diffs: indented, but each list of numbers on one line. */
export function formatCard(card: ModelCard): string {
  // a line break inside a string is written \n, so this meets no names
  const oneLine = (list: string) => list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']');
  return `${JSON.stringify(card, null, 2).replace(/\[\n\s+-?\d[^[\]{}"]*\]/g, oneLine)}\n`;
}

import { hash } from 'node:crypto';
import { parseModelCard } from '@coppice/contract';

/** As `parseModelCard`; a card of format 1 keeps the release that it had, so that records of before go on. */
export function readModelCard(value: unknown): ReturnType<typeof parseModelCard> {
  const parsed = parseModelCard(value);
  if (!parsed.success || (value as { format: unknown }).format !== 1) return parsed;
  return { ...parsed, data: { ...parsed.data, release: hash('sha256', JSON.stringify(value)) } };
}

import type { ReplayView } from '@coppice/contract';
import { wilsonInterval } from '@coppice/statistics/wilson-interval';
import type { DocumentStore } from '../storage/port/comparison-store.ts';
import { REPLAYS, readReplay } from './stored-replays.ts';

/** `at_least`: lower end of the agreement's 95 % Wilson interval. */
export type ReplayAgreement = { compared: number; agreement: number; at_least: number };

/**
 * How far the newest finished replay of a release agrees with the recorded answers of another one, where several versions
 * served that, with the one it agrees with least; null when no row was compared. A row that was not answered counts as one
 * that does not agree.
 */
export async function replayAgreement(
  documents: Pick<DocumentStore, 'list'>,
  release: string,
  live: string,
): Promise<ReplayAgreement | null> {
  const stored = await documents.list(REPLAYS, 100);
  const endOf = ({ ended, updated }: ReplayView) => Date.parse(ended ?? updated);
  const newest = stored
    .flatMap(({ value }) => readReplay(value) ?? [])
    .filter((view) => view.state === 'done' && view.release === release)
    .sort((a, b) => endOf(b) - endOf(a))[0];
  if (!newest) return null;
  const { failed } = newest;
  const found = newest.comparisons
    .filter(({ live_release, compared }) => live_release === live && compared > 0)
    .map(({ compared, agreed }) => {
      const rows = compared + failed;
      return { compared: rows, agreement: agreed / rows, at_least: wilsonInterval(agreed, rows)[0] };
    });
  return found.sort((a, b) => a.at_least - b.at_least)[0] ?? null;
}

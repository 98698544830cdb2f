import { type ModelReport, modelReport, REPORT_FILE, type ReplayView } from '@coppice/contract';
import { BrokenReleaseError } from '@coppice/registry/errors';
import type { GateEvidence } from '@coppice/registry/gate/gate-evidence';
import type { Registry } from '@coppice/registry/registry';
import { CARD_FILE, type Release } from '@coppice/registry/release';
import { readModelCard } from '@coppice/serverkit';
import { wilsonInterval } from '@coppice/statistics/wilson-interval';
import { REPLAYS, readReplay } from '../replay/stored-replays.ts';
import type { DocumentStore } from '../storage/port/comparison-store.ts';
import { cardIdentity } from '../versions/card-identity.ts';

type Source = Pick<Registry, 'release' | 'file' | 'comparison'>;

/** A release's report; null if it has none that can be read. Rejects with `StoreUnavailableError`. */
export async function readReport(registry: Source, release: Release): Promise<ModelReport | null> {
  if (!Object.hasOwn(release.files, REPORT_FILE)) return null;
  const value = await readJsonFile(registry, release, REPORT_FILE);
  return modelReport.safeParse(value).data ?? null;
}

/** What predictions of a release are recorded with: the SHA-256 of its card; null if that cannot be read. */
export async function cardDigest(registry: Source, release: Release): Promise<string | null> {
  const value = await readJsonFile(registry, release, CARD_FILE);
  const card = value === undefined ? null : (readModelCard(value).data ?? null);
  return card && cardIdentity(card);
}

/**
 * How far the newest finished replay of a release agrees with the champion's recorded answers; releases by the digests of
 * their cards. A row that was not answered counts as one that does not agree.
 */
export async function replayAgreement(
  documents: Pick<DocumentStore, 'list'>,
  release: string,
  champion: string,
): Promise<GateEvidence['replay']> {
  const stored = await documents.list(REPLAYS, 100);
  const replays = stored
    .flatMap(({ value }) => readReplay(value) ?? [])
    .filter((view) => view.state === 'done' && view.release === release);
  const endOf = ({ ended, updated }: ReplayView) => Date.parse(ended ?? updated);
  const newest = replays.sort((a, b) => endOf(b) - endOf(a))[0];
  if (!newest) return null;
  const found = newest.comparisons
    .filter(({ live_release, compared }) => live_release === champion && compared > 0)
    .map(({ compared, agreed, agreement }) => {
      return newest.failed === 0
        ? { compared, agreement: agreement.value, at_least: agreement.interval[0] }
        : {
            compared: compared + newest.failed,
            agreement: agreed / (compared + newest.failed),
            at_least: wilsonInterval(agreed, compared + newest.failed)[0],
          };
    });
  return found.sort((a, b) => a.at_least - b.at_least)[0] ?? null;
}

/** Undefined for a file that is missing, damaged or no JSON. */
async function readJsonFile(registry: Source, release: Release, name: string): Promise<unknown> {
  try {
    return JSON.parse(Buffer.from(await registry.file(release, name)).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof BrokenReleaseError) return undefined;
    throw error;
  }
}

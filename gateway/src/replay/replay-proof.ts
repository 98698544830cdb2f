import type { ReplayComparison, ReplayView } from '@coppice/contract';
import { wilsonInterval } from '@coppice/statistics/wilson-interval';
import type { DocumentStore } from '../storage/port/comparison-store.ts';
import { REPLAYS, readReplay } from './stored-replays.ts';

/** Rows that must be compared with the release in force of the live version. */
export const LEAST_ROWS = 100;
/** The lower end of the agreement's interval must reach this. */
export const LEAST_AGREEMENT = 0.9;
/** The share of rows without an answer must not provably exceed this. */
export const MOST_FAILED = 0.01;

/** A live version and what it serves. */
type Baseline = { version: string; release: string | null };

export type Proof = {
  /** Whether a rollout that requires a replay may start, and why or why not, with the numbers. */
  passes: boolean;
  why: string;
  /** Against the live version that decided; null when nothing was compared. */
  comparison: ReplayComparison | null;
};
/** With the replay's id, and when it ended. */
export type ReplayProof = Proof & { replay: string; ended: string };

/** `proveReplay` of the newest finished replay of a version and its release; null when there is none. */
export async function replayProof(
  documents: Pick<DocumentStore, 'list'>,
  version: string,
  release: string | null,
  baseline?: Baseline,
): Promise<ReplayProof | null> {
  const stored = await documents.list(REPLAYS, 100);
  const newest = stored
    .flatMap(({ value }) => readReplay(value) ?? [])
    .filter((view) => view.state === 'done' && view.version === version && view.release === release)
    .sort((a, b) => Date.parse(b.ended ?? b.updated) - Date.parse(a.ended ?? a.updated))[0];
  return newest ? { replay: newest.id, ended: newest.ended ?? newest.updated, ...proveReplay(newest, baseline) } : null;
}

/**
 * What a finished replay proves against `baseline`, or against every live version whose release was in force. It passes
 * when the version answers, at least 100 rows are compared, the paired test shows no harm, and either that test proves the
 * version better or the agreement's lower end is at least 0.9: a candidate may answer much else than the live version only
 * where feedback shows that this is a gain.
 */
export function proveReplay(
  replay: Pick<ReplayView, 'version' | 'comparisons' | 'rows' | 'failed'>,
  baseline?: Baseline,
): Proof {
  const compared = replay.comparisons.filter(({ live_version, live_release, in_force }) =>
    baseline ? live_version === baseline.version && live_release === baseline.release : in_force,
  );
  const judged = compared.map((comparison) => ({ comparison, ...judge(comparison) }));
  const against = judged.find(({ passes }) => !passes) ?? judged[0];
  const answers = failures(replay);
  return {
    passes: answers === null && against !== undefined && against.passes,
    why: answers ?? against?.why ?? `no row was compared with ${baseline?.version ?? 'a release that is in force'}`,
    comparison: against?.comparison ?? null,
  };
}

function failures({ version, failed, rows }: Pick<ReplayView, 'version' | 'failed' | 'rows'>): string | null {
  const all = failed + rows;
  if (all === 0 || wilsonInterval(failed, all)[0] <= MOST_FAILED) return null;
  return `${version} did not answer ${count(failed)} of ${count(all)} rows`;
}

function judge({ live_version, compared, agreement, paired }: ReplayComparison): { passes: boolean; why: string } {
  const rows = `${count(compared)} rows of ${live_version}`;
  const { only_replayed, only_live, verdict } = paired;
  const discordant = `paired ${count(only_replayed)} : ${count(only_live)}`;
  const agrees = `agreement ${percent(agreement.value)}, at least ${percent(agreement.interval[0])}`;
  if (compared < LEAST_ROWS) return { passes: false, why: `${rows} are too few: at least ${LEAST_ROWS}` };
  if (verdict === 'worse') return { passes: false, why: `worse on ${rows}: ${discordant}` };
  if (verdict === 'better') return { passes: true, why: `better on ${rows}: ${discordant}` };
  return agreement.interval[0] >= LEAST_AGREEMENT
    ? { passes: true, why: `not worse on ${rows}: ${agrees}; ${discordant}` }
    : { passes: false, why: `differs on ${rows}, and no feedback shows a gain: ${agrees}; ${discordant}` };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const count = (n: number): string => n.toLocaleString('en');

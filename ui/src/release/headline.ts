import type { ComparisonReport, ConfigView, RolloutState } from '@coppice/contract';
import { duration, momentTime, sharePercent } from '../parts/format.ts';
import { isOver, pausesForOthers } from '../rollout/rollout-state.ts';
import { sameSplit, shareOf, soleVersion, type Weights } from '../traffic/weights.ts';

type Situation = {
  /** In order: the first is the baseline. */
  versions: readonly string[];
  weights: Weights;
  mode: ConfigView['mode'];
  rollout: Pick<RolloutState, 'version' | 'state' | 'paused_by'> | null;
};

/** The version that the question is about: keep, raise, or take out? Null where there is one version. */
export function subjectOf({ versions, weights, rollout }: Situation): string | null {
  if (rollout && !isOver(rollout)) return rollout.version;
  const others = versions.slice(1);
  return others.findLast((version) => (weights[version] ?? 0) > 0) ?? others.at(-1) ?? null;
}

/** How traffic stands, in a few words: "v2 canary · 10 %", "v1 · all traffic". */
export function headline(situation: Situation): string {
  const { versions, weights, mode, rollout } = situation;
  const sole = soleVersion(weights);
  if (sole !== null) return `${sole} · all traffic`;
  const subject = subjectOf(situation) ?? '';
  const share = sharePercent(shareOf(weights, subject));
  if (rollout && pausesForOthers(rollout))
    return `${subject} rollout${rollout.state === 'paused' ? ', paused' : ''} · ${share}`;
  if (mode === 'canary') return `${subject} canary · ${share}`;
  const served = versions.filter((version) => (weights[version] ?? 0) > 0);
  if (mode === 'equal')
    return `${served.length === 2 ? served.join(' and ') : `${served.length} versions`} · ${share} each`;
  if (served.length === 2) return `${subject} · ${share}`;
  return served.map((version) => `${version} ${sharePercent(shareOf(weights, version))}`).join(' · ');
}

/** "since 07:02 (4 h)" */
export const sinceWords = (since: string, now: number): string =>
  `since ${momentTime(since, now)} (${duration((now - Date.parse(since)) / 1000)})`;

/** Since when these weights are in force, by the epochs that are compared, oldest first; null where the last one has others. */
export function weightsSince(epochs: ComparisonReport['epochs'], weights: Weights): string | null {
  const other = epochs.findLastIndex((epoch) => !sameSplit(epoch.weights, weights));
  return epochs[other + 1]?.since ?? null;
}

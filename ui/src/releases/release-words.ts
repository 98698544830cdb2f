import type { ComparisonReport, GateVerdict, ReleaseRow, ReleasesView } from '@coppice/contract';
import { dateTime, sharePercent } from '../parts/format.ts';

type Named = Pick<ReleasesView, 'champion' | 'challenger' | 'previous'>;

/** The release that a promotion would make champion, or null: there is no challenger, or it is the champion. */
export const promotable = ({ champion, challenger }: Named): number | null =>
  challenger !== null && challenger !== champion ? challenger : null;

/** The champion that can be taken back, and who comes after it; null while no promotion is kept. */
export function takenBack({ champion, previous }: Named): { release: number; back: number } | null {
  return champion !== null && previous !== null ? { release: champion, back: previous.champion } : null;
}

/** Whether rolling back means taking a promotion back: weights alone would leave the new release where all traffic goes. */
export const rollbackTakesBack = (view: Named): boolean => takenBack(view) !== null && promotable(view) === null;

export const rowOf = ({ releases }: Pick<ReleasesView, 'releases'>, number: number | null): ReleaseRow | null =>
  releases.find((one) => one.number === number) ?? null;

/** Which versions serve a release. */
export const servedBy = ({ serving }: Pick<ReleasesView, 'serving'>, number: number): string[] =>
  serving.filter(({ release }) => release === number).map(({ version }) => version);

/** The version that serves the challenger, or null. */
export const challengerVersion = ({ serving }: Pick<ReleasesView, 'serving'>): string | null =>
  serving.find(({ alias }) => alias === 'challenger')?.version ?? null;

/** What happens to the version that follows the challenger when another release becomes it. `share`: its traffic, 0–1. */
export function takesUpWords(version: string | null, share: number): string {
  if (version === null) return 'No version serves the challenger now: one that follows it takes the release up.';
  const traffic = share > 0 ? `, and answers ${sharePercent(share)} of traffic with it` : '; it has no traffic now';
  return `${version} takes the release up within seconds${traffic}.`;
}

/** A person's word on a release, and who gave it when and why: "approved", "by ada, Mar 2, 2026, 09:14:05: more trees". */
export function approvalWords(approval: ReleaseRow['approval']): { word: string; by: string } {
  if (!approval) return { word: 'not judged yet', by: '' };
  const { approved, who, time, reason } = approval;
  return { word: approved ? 'approved' : 'rejected', by: `by ${who}, ${dateTime(time)}: ${reason}` };
}

/** A gate in a few words: "passes", "2 of 3 lines fail"; null where none is set. */
export function gateShort(gate: GateVerdict | null): string | null {
  if (!gate) return null;
  const failed = gate.lines.filter(({ passed }) => !passed).length;
  if (gate.passed || failed === 0) return gate.passed ? 'passes' : 'does not pass';
  return `${failed} of ${gate.lines.length} lines ${failed === 1 ? 'fails' : 'fail'}`;
}

/** Why the gate refuses the challenger whatever a person says of it, or null. An approval that lacks is given with the promotion. */
export function gateRefusal(
  view: Pick<ReleasesView, 'champion' | 'challenger' | 'previous' | 'releases' | 'gate'>,
): string | null {
  const verdict = view.gate.on ? rowOf(view, promotable(view))?.gate : null;
  return verdict?.lines.some(({ passed }) => !passed) ? verdict.words : null;
}

/** Since when a version serves what runs in it, by the epochs that are compared, oldest first; null where that is not known. */
export function servedSince(epochs: ComparisonReport['epochs'], version: string, card: string): string | null {
  const other = epochs.findLastIndex(({ releases }) => releases[version] !== card);
  return epochs[other + 1]?.since ?? null;
}

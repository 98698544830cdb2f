import type { RolloutReport, RolloutView } from '@coppice/contract';
import { printable } from '@coppice/serverkit';

/** A rollout as lines for a terminal: where it stands, what the guardrails see, and its history. */
export function rolloutText({ rollout, revision }: RolloutReport): string {
  if (!rollout) return 'No rollout was ever started. npm run rollout -- start v2 --reason "…" starts one.';
  const { version, baseline, look } = rollout;
  const guardrails = look?.guardrails.map(({ words }) => `  ${words}`) ?? [];
  const alarms = [
    ...(look?.checks.sample_ratio.alarm ? ['  requests are not assigned by the weights'] : []),
    ...(look?.checks.feedback.alarm ? ['  the two versions do not get feedback equally often'] : []),
  ];
  return [
    `${version} against ${baseline} · revision ${revision}`,
    rollout.words,
    ...(guardrails.length > 0 ? ['', 'guardrails', ...guardrails, ...alarms] : []),
    ...['', 'history', ...rollout.moves.map((_, i) => `  ${moveText(rollout, i)}`)],
  ]
    .map((line) => printable(line))
    .join('\n');
}

/** One line for a change of the rollout. */
export function moveText({ moves }: Pick<RolloutView, 'moves'>, index: number): string {
  const move = moves[index];
  if (!move) return '';
  const { time, who, state, paused_by, percent, reason } = move;
  const theirs = paused_by === 'human';
  const what = theirs ? "paused by others' weights" : `${state.replace('_', ' ')} at ${percent} %`;
  return printable(`${time.slice(0, 19)}Z  ${what}  ${who}: ${reason}`);
}

import type { RetrainJob, RolloutReport } from '@coppice/contract';

/**
 * The rollout of a job's release that began before, whoever started it and whatever came of it; null: none. One that does not
 * promote names no release: it counts when it is of the challenger's version and began after the job's end.
 */
export function beganAlready(
  { release, ended_at }: Pick<RetrainJob, 'release' | 'ended_at'>,
  { rollout }: RolloutReport,
  version: string | null,
): NonNullable<RolloutReport['rollout']> | null {
  if (!rollout) return null;
  if (rollout.promote) return rollout.promote.release === release ? rollout : null;
  const isLater = ended_at !== null && Date.parse(rollout.started) > Date.parse(ended_at);
  return rollout.version === version && isLater ? rollout : null;
}

import type { RetrainJob } from '@coppice/contract';

const HOUR_MS = 3_600_000;

export type Cause = RetrainJob['cause'] & {
  /** Of a schedule: when it was due, in milliseconds since the epoch. */
  due?: number;
};
export type Limits = {
  /** Hours from the start of a job within which no alert begins another one. */
  coolDownHours: number;
  /** Jobs by alerts and schedule in 24 hours. */
  mostPerDay: number;
};

/** Why this cause begins no job now, in a sentence; null: it may. What a person asks for is never too often. `jobs` are the newest first. */
export function whyNot(
  cause: Cause,
  jobs: readonly Pick<RetrainJob, 'id' | 'cause' | 'started_at'>[],
  now: number,
  { coolDownHours, mostPerDay }: Limits,
): string | null {
  if (cause.kind === 'command') return null;
  const { due } = cause;
  const same = jobs.find((job) => job.cause.kind === 'schedule' && due !== undefined && startOf(job) >= due);
  if (same) return `Job ${same.id} began for this time of the schedule already.`;
  const [newest] = jobs;
  if (cause.kind === 'alert' && newest && now - startOf(newest) < coolDownHours * HOUR_MS)
    return `Job ${newest.id} began ${ago(now - startOf(newest))} ago, and the cool-down is ${coolDownHours} hours (RETRAIN_COOL_DOWN).`;
  const today = jobs.filter((job) => job.cause.kind !== 'command' && now - startOf(job) < 24 * HOUR_MS);
  if (today.length >= mostPerDay)
    return `${today.length} ${today.length === 1 ? 'job' : 'jobs'} began by alert or schedule in the last 24 hours, and RETRAIN_MOST_PER_DAY is ${mostPerDay}.`;
  return null;
}

const startOf = ({ started_at }: Pick<RetrainJob, 'started_at'>) => Date.parse(started_at);

function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} hours`;
}

import type { RetrainJob } from '@coppice/contract';
import { duration } from '../parts/format.ts';

const causes: Record<RetrainJob['cause']['kind'], string> = {
  command: 'Asked for',
  schedule: 'Schedule',
  alert: 'Alert',
};

/** "Alert: ModelDrift" */
export const causeWords = ({ cause }: Pick<RetrainJob, 'cause'>): string => `${causes[cause.kind]}: ${cause.text}`;

/** How long a job worked, or has worked by now: "12 s". */
export function tookWords({ started_at, ended_at }: Pick<RetrainJob, 'started_at' | 'ended_at'>, now: number): string {
  return duration(((ended_at === null ? now : Date.parse(ended_at)) - Date.parse(started_at)) / 1000);
}

/** Whether the state is good, bad, or neither. */
export function stateLook(state: RetrainJob['state']): 'good' | 'bad' | '' {
  if (state === 'rollout started') return 'good';
  return state === 'failed' || state === 'stopped' ? 'bad' : '';
}

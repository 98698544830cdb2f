import type { RolloutView } from '@coppice/contract';
import { count, duration } from '../parts/format.ts';

/** How long until the rollout looks again: "in 0:07"; "now" once it is due, and before its first look. Times in milliseconds. */
export function nextLook(next: string | undefined, now: number): string {
  const seconds = next === undefined ? 0 : Math.ceil((Date.parse(next) - now) / 1000);
  return seconds > 0 ? `in ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}` : 'now';
}

type Clocked = Pick<RolloutView, 'look' | 'step_minutes' | 'step_requests'>;

/** How far the present step is, each of what it needs: "3 min of at least 5 min". Null before the first look. */
export function stepProgress({
  look,
  step_minutes,
  step_requests,
}: Clocked): { time: string; requests: string } | null {
  if (!look) return null;
  return {
    time: `${duration(look.step_seconds)} of at least ${duration(step_minutes * 60)}`,
    requests: `${count(look.step_requests)} of at least ${count(step_requests)}`,
  };
}

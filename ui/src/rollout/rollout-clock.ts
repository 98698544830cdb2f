import type { RolloutView } from '@coppice/contract';
import { count, duration } from '../parts/format.ts';

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

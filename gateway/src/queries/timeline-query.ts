import { type TimelineStep, timelineStepNames, timelineSteps } from '@coppice/contract';
import { z } from 'zod';
import { timeParameter } from './time-parameter.ts';

const DAY_MS = timelineSteps.day;
const MOST_STEPS = 1500;
/** The record knows minutes for so long. */
const MINUTES_KNOWN_MS = 2 * DAY_MS;
/** `since=6h` and now are read one after the other: a period that is so much longer is still of 6 hours. */
const MOMENT_MS = 1000;
/** The longest period that is shown by the minute, and by the hour, when no step is asked for. */
const USUAL: readonly [TimelineStep, number][] = [
  ['minute', DAY_MS / 4],
  ['hour', 14 * DAY_MS],
];

type Period = { since: number; until: number; step: TimelineStep };

/** Query of `GET /timeline`; the period is widened to whole steps. */
export const timelineQuery = z
  .strictObject({
    since: timeParameter.optional().describe('Inclusive. Default: 24 hours before `until`.'),
    until: timeParameter.optional().describe('Exclusive. Default: now.'),
    step: z
      .enum(timelineStepNames)
      .optional()
      .describe('Minutes are known for two days. Default: minutes up to 6 hours, hours up to 14 days, else days.'),
  })
  .transform(({ since, until = Date.now(), step }, context): Period => {
    const from = since ?? Math.max(0, until - DAY_MS);
    if (from >= until) {
      context.addIssue({ code: 'custom', path: ['since'], message: 'must be a time before until' });
      return z.NEVER;
    }
    const chosen = step ?? usualStep(from, until);
    const refusal = refused(from, until, chosen);
    if (refusal === null) return { since: from, until, step: chosen };
    context.addIssue({ code: 'custom', path: [step === undefined ? 'since' : 'step'], message: refusal });
    return z.NEVER;
  });

function usualStep(since: number, until: number): TimelineStep {
  const old = Date.now() - since > MINUTES_KNOWN_MS + MOMENT_MS;
  const usual = USUAL.find(([step, longest]) => until - since <= longest + MOMENT_MS && !(old && step === 'minute'));
  return usual?.[0] ?? 'day';
}

function refused(since: number, until: number, step: TimelineStep): string | null {
  const coarser = step === 'minute' ? 'hour' : 'day';
  if (step === 'minute' && Date.now() - since > MINUTES_KNOWN_MS + MOMENT_MS)
    return 'must be hour or day: minutes are known for two days';
  if ((until - since) / timelineSteps[step] <= MOST_STEPS) return null;
  return step === 'day'
    ? `must make at most ${MOST_STEPS} steps: shorten the period`
    : `must make at most ${MOST_STEPS} steps: shorten the period, or take ${coarser}`;
}

import { z } from 'zod';
import { timeParameter } from './time-parameter.ts';

const DAY_MS = 86_400_000;

/** Query of `GET /performance`; the period is widened to whole minutes, or to whole hours if more than two days ago. */
export const performanceQuery = z
  .strictObject({
    since: timeParameter.optional().describe('Inclusive; 24 hours before `until` unless told.'),
    until: timeParameter.optional().describe('Exclusive; now unless told.'),
  })
  .transform(({ since, until = Date.now() }) => ({ since: since ?? Math.max(0, until - DAY_MS), until }))
  .refine(({ since, until }) => since < until, { path: ['since'], error: 'a time before until is' });

import { route, source } from '@coppice/contract';
import { z } from 'zod';
import { decodeCursor } from '../storage/rows/uuid-v7.ts';
import { timeParameter } from './time-parameter.ts';

const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true');

/** A number, or a date as text. */
const bound = z
  .string()
  .transform((text, context) => {
    if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
    if (/^\d{4}-\d\d-\d\d/.test(text)) return text;
    context.addIssue('must be a number, or a date such as 2026-01-31');
    return z.NEVER;
  })
  .describe('Of `feature`, inclusive: a number, or a date as the record has it.');

/** Query of `GET /predictions`. `limit` and `cursor` page through JSON; CSV and NDJSON return every match, or `limit` of them. */
export const historyQuery = z
  .strictObject({
    version: z.string().min(1).optional(),
    class: z.string().optional(),
    route: route.exclude(['preview']).optional(),
    source: source.optional().describe('`page`: what a person tried on the page. `api`: all others.'),
    user: z.string().min(1).max(256).optional().describe('Sticky key, as requests have it.'),
    correct: yesOrNo.optional().describe('Whether feedback gave the predicted class; rows without match neither.'),
    disagree: yesOrNo
      .optional()
      .describe('Whether the shadow version answered another class, which rows then have as `shadow`.'),
    max_probability: z.coerce
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe('Only rows whose largest probability is below it.'),
    feature: z.string().min(1).optional().describe('Name of a feature, for `min`, `max` or `value`.'),
    min: bound.optional(),
    max: bound.optional(),
    value: z
      .string()
      .optional()
      .describe('Of `feature`: a category, `true` or `false`, a number; empty where the value is missing.'),
    since: timeParameter.optional().describe('Inclusive.'),
    until: timeParameter.optional().describe('Exclusive.'),
    after: z.uuid().optional().describe('Only rows newer than the one with this `prediction_id`.'),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .describe('JSON: at most 1,000, default 100. CSV and NDJSON: default all.'),
    cursor: z
      .string()
      .refine((cursor) => decodeCursor(cursor) !== null, 'must be the next_cursor of a page')
      .optional(),
    count: yesOrNo.optional().describe('JSON: `true` adds `total`, how many rows match.'),
    format: z
      .enum(['json', 'csv', 'ndjson'])
      .optional()
      .describe('Overrides `Accept: application/json`, `text/csv` or `application/x-ndjson`.'),
  })
  .superRefine(({ since, until, feature, min, max, value }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (since !== undefined && until !== undefined && since >= until) refuse('since', 'must be a time before until');
    const ranges = min !== undefined || max !== undefined;
    if (feature === undefined && (ranges || value !== undefined))
      refuse('feature', 'must name the feature of min, max or value');
    if (feature !== undefined && ranges === (value !== undefined))
      refuse('feature', 'must come with min or max, or with value');
    if (min === undefined || max === undefined) return;
    if (typeof min !== typeof max) refuse('min', 'must be a number if max is one, or a date if max is one');
    else if (min > max) refuse('min', 'must be at most max');
  });

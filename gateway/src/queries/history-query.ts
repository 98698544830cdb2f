import { route } from '@coppice/contract';
import { z } from 'zod';
import { decodeCursor } from '../storage/rows/uuid-v7.ts';
import { timeParameter } from './time-parameter.ts';

/** Query of `GET /predictions`. `limit` and `cursor` page through JSON; CSV and NDJSON return every match, or `limit` of them. */
export const historyQuery = z
  .strictObject({
    version: z.string().min(1).optional(),
    class: z.string().optional(),
    route: route.exclude(['preview']).optional(),
    since: timeParameter.optional().describe('Inclusive.'),
    until: timeParameter.optional().describe('Exclusive.'),
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
    format: z
      .enum(['json', 'csv', 'ndjson'])
      .optional()
      .describe('Overrides `Accept: application/json`, `text/csv` or `application/x-ndjson`.'),
  })
  .refine(({ since, until }) => since === undefined || until === undefined || since < until, {
    path: ['since'],
    error: 'must be a time before until',
  });

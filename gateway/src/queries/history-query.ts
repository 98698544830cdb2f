import { route } from '@coppice/contract';
import { z } from 'zod';
import { decodeCursor } from '../storage/rows/uuid-v7.ts';
import { timeParameter } from './time-parameter.ts';

/** Query of `GET /predictions`. `limit` and `cursor` page through JSON; CSV is always all that matches. */
export const historyQuery = z
  .strictObject({
    version: z.string().min(1).optional(),
    class: z.string().optional(),
    route: route.exclude(['preview']).optional(),
    since: timeParameter.optional().describe('Inclusive.'),
    until: timeParameter.optional().describe('Exclusive.'),
    limit: z.coerce.number().int().min(1).max(1000).optional().describe('100 unless told.'),
    cursor: z
      .string()
      .refine((cursor) => decodeCursor(cursor) !== null, 'the next_cursor of a page is')
      .optional(),
    format: z
      .enum(['json', 'csv'])
      .optional()
      .describe('As `Accept: application/json` or `text/csv`, which it overrides.'),
  })
  .refine(({ since, until }) => since === undefined || until === undefined || since < until, {
    path: ['since'],
    error: 'a time before until is',
  });

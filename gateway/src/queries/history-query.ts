import { route } from '@coppice/contract';
import { z } from 'zod';
import { decodeCursor } from '../storage/rows/uuid-v7.ts';
import { timeParameter } from './time-parameter.ts';

/** Query of `GET /predictions`. `limit` and `cursor` page through JSON; CSV always returns every match. */
export const historyQuery = z
  .strictObject({
    version: z.string().min(1).optional(),
    class: z.string().optional(),
    route: route.exclude(['preview']).optional(),
    since: timeParameter.optional().describe('Inclusive.'),
    until: timeParameter.optional().describe('Exclusive.'),
    limit: z.coerce.number().int().min(1).max(1000).optional().describe('Default: 100.'),
    cursor: z
      .string()
      .refine((cursor) => decodeCursor(cursor) !== null, 'must be the next_cursor of a page')
      .optional(),
    format: z.enum(['json', 'csv']).optional().describe('Overrides `Accept: application/json` or `text/csv`.'),
  })
  .refine(({ since, until }) => since === undefined || until === undefined || since < until, {
    path: ['since'],
    error: 'must be a time before until',
  });

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HistoryPage, HistoryRow } from '@coppice/contract';
import { HttpError, parseInput } from '@coppice/serverkit';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { historyQuery } from '../queries/history-query.ts';
import type { PredictionRecord } from '../record/record.ts';
import type { HistoryQuery } from '../storage/port/record-store.ts';
import { notWrittenYet } from './not-written-yet.ts';

const predictionId = z.uuid();

type Deps = {
  record: Pick<PredictionRecord, 'history' | 'find' | 'exportCsv' | 'mayFollow'>;
  /** Middleware that runs before them: rate limit, API keys. */
  client?: readonly RequestHandler[];
};

/** `GET /predictions` (history, newest first, as JSON pages or one CSV) and `GET /predictions/:id`. */
export function predictionsRoutes({ record, client = [] }: Deps): Router {
  const router = Router();

  router.get('/predictions', ...client, async (req, res) => {
    const { format, limit, cursor, ...filter } = parseInput(historyQuery, req.query, 'query');
    res.set('Cache-Control', 'no-store').vary('Accept');
    if (format === 'csv' || (format === undefined && prefersCsv(req))) {
      if (limit !== undefined || cursor !== undefined)
        throw new HttpError(400, 'CSV returns every match: use since and until instead of limit and cursor.');
      return sendCsv(res, record.exportCsv(defined(filter)));
    }
    const page: HistoryPage = await record.history(defined({ ...filter, limit: limit ?? 100, cursor }));
    res.json(page);
  });

  router.get<{ id: string }>('/predictions/:id', ...client, async (req, res) => {
    const { id } = req.params;
    if (!predictionId.safeParse(id).success) throw new HttpError(400, 'The id of a prediction must be a UUID.');
    const row: HistoryRow | null = await record.find(id);
    if (!row && record.mayFollow(id, Date.now())) throw notWrittenYet(id);
    if (!row) throw new HttpError(404, `The record has no prediction ${id}.`);
    res.set('Cache-Control', 'no-store').json(row);
  });

  return router;
}

function prefersCsv(req: Request): boolean {
  return req.accepts(['json', 'text/csv']) === 'text/csv';
}

async function sendCsv(res: Response, lines: AsyncIterable<string>): Promise<void> {
  const iterator = lines[Symbol.asyncIterator]();
  // before the headers, so that a database that is down is still a 503
  const first = await iterator.next();
  res.type('text/csv').set('Content-Disposition', 'attachment; filename="predictions.csv"');
  const body = async function* () {
    yield first.value as string;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  // an export that breaks off ends the connection, so that the client does not take it for complete
  await pipeline(Readable.from(body(), { objectMode: true, highWaterMark: 1 }), res).catch(() => {});
}

/** Drops undefined properties: an optional property may be absent, but not undefined. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } & HistoryQuery {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never;
}

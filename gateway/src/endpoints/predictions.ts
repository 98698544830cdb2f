import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ForgetAnswer, forgetQuery, type HistoryPage, type HistoryRow } from '@coppice/contract';
import { HttpError, parseInput } from '@coppice/serverkit';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { hashUser } from '../accounting/each-row.ts';
import { adminName } from '../guard/require-secret.ts';
import { historyQuery } from '../queries/history-query.ts';
import type { PredictionRecord } from '../record/record.ts';
import type { HistoryFilter } from '../storage/port/record-store.ts';
import { notWrittenYet } from './not-written-yet.ts';

const predictionId = z.uuid();

type Deps = {
  record: Pick<PredictionRecord, 'history' | 'find' | 'exportAs' | 'mayFollow' | 'forget'>;
  /** Rows of the last disagreements, which are in memory. */
  shadow: { forget(userHash: string): void };
  /** Middleware that runs before them: rate limit, API keys. */
  client?: readonly RequestHandler[];
  admin: readonly RequestHandler[];
};

const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;
const types = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

/**
 * `GET /predictions` (history, newest first, as JSON pages or one file) and `GET /predictions/:id`; `DELETE /predictions`
 * removes a person's rows.
 */
export function predictionsRoutes({ record, shadow, client = [], admin }: Deps): Router {
  const router = Router();

  router.get('/predictions', ...client, async (req, res) => {
    const { format = accepted(req), limit, cursor, count, ...asked } = parseInput(historyQuery, req.query, 'query');
    const filter = filterOf(asked);
    res.set('Cache-Control', 'no-store').vary('Accept');
    if (format !== 'json') {
      if (cursor !== undefined)
        throw new HttpError(400, `${format} comes whole, without cursor: use since, until or limit for less.`);
      if (count) throw new HttpError(400, `${format} has no place for a count: ask for JSON.`);
      return sendFile(res, format, record.exportAs(format, defined({ ...filter, limit })));
    }
    if (limit !== undefined && limit > MAX_PAGE)
      throw new HttpError(400, `/limit of the query must be at most ${MAX_PAGE}.`, {
        errors: [
          { pointer: '/limit', detail: `must be at most ${MAX_PAGE} for a page of JSON; csv and ndjson have no bound` },
        ],
      });
    const page: HistoryPage = await record.history(defined({ ...filter, limit: limit ?? DEFAULT_PAGE, cursor, count }));
    res.json(page);
  });

  router.delete('/predictions', ...admin, async (req, res) => {
    const { user, reason = '' } = parseInput(forgetQuery, req.query, 'query');
    const userHash = hashUser(user);
    const deleted = await record.forget(userHash, { who: adminName(req), reason });
    shadow.forget(userHash);
    const answer: ForgetAnswer = { deleted };
    res.set('Cache-Control', 'no-store').json(answer);
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

type Asked = Omit<z.output<typeof historyQuery>, 'format' | 'limit' | 'cursor' | 'count'>;

/** What the query asks for, as the record has it: the hash of a user instead of the key. */
function filterOf({ user, max_probability: maxProbability, feature, min, max, value, ...same }: Asked): HistoryFilter {
  return defined({
    ...same,
    userHash: user === undefined ? undefined : hashUser(user),
    maxProbability,
    feature:
      feature === undefined
        ? undefined
        : { name: feature, ...(value === undefined ? defined({ min, max }) : { value }) },
  });
}

function accepted(req: Request): 'json' | keyof typeof types {
  const type = req.accepts(['json', ...Object.values(types)]);
  return (Object.keys(types) as (keyof typeof types)[]).find((name) => types[name] === type) ?? 'json';
}

async function sendFile(res: Response, format: keyof typeof types, lines: AsyncIterable<string>): Promise<void> {
  const iterator = lines[Symbol.asyncIterator]();
  // before the headers, so that a database that is down is still a 503
  const first = await iterator.next();
  res.type(types[format]).set('Content-Disposition', `attachment; filename="predictions.${format}"`);
  const body = async function* () {
    yield first.value as string;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  // an export that breaks off ends the connection, so that the client does not take it for complete
  await pipeline(Readable.from(body(), { objectMode: true, highWaterMark: 1 }), res).catch(() => {});
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Drops undefined properties: an optional property may be absent, but not undefined. */
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never;
}

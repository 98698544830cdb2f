import { randomUUIDv7 } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Source } from '@coppice/contract';
import type { PredictBody } from '@coppice/serverkit';
import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Accounting } from '../accounting/accounting.ts';
import type { Rows } from '../accounting/each-row.ts';
import { NOSNIFF } from '../guard/security-headers.ts';
import { PredictionError, type PredictionOutcome, type PredictionService } from '../predict/prediction-service.ts';
import { NoVersionError } from '../traffic/traffic-split.ts';
import { toClientError } from './client-errors.ts';
import { newIds } from './new-ids.ts';
import { requestIdOf, sourceOf } from './request-headers.ts';

export type PredictionDeps = {
  predictions: PredictionService;
  accounting: Accounting;
  log: Pick<Logger, 'debug' | 'isLevelEnabled'>;
};

/** How one protocol asks for predictions and answers them. */
export type PredictionFormat<R extends PredictBody> = {
  read(req: Request): R;
  pin(req: Request): string | undefined;
  /** `ids` has one id per row; none for a preview. */
  write(request: R, outcome: PredictionOutcome, ids: readonly string[]): WrittenAnswer;
};

/** A body, and the names and values of the headers that describe it, in turn. */
export type WrittenAnswer = { body: string | Buffer; headers: readonly string[] };

/** One request on its way through the endpoints. */
export type Asked<R extends PredictBody> = {
  request: R;
  headers: IncomingHttpHeaders;
  pin: string | undefined;
  /** When its body had come, by `performance.now()`. */
  startedAt: number;
  /** Names and values of the answer's headers, in turn; the body has `length` bytes. Before it is accounted for. */
  send(headers: string[], body: string | Buffer, length: number): void;
  /** Learns its id when there is no prediction, before the error is thrown. */
  failed(requestId: string): void;
};

/**
 * The one way of a prediction through the endpoints, whatever its format: gets it answered, sends the answer, accounts
 * for it. Handlers rather than a router, which saves every prediction one.
 */
export function answerPredictions<R extends PredictBody>(
  { predictions, accounting, log }: PredictionDeps,
  format: PredictionFormat<R>,
) {
  async function answer({ request, headers: asked, pin, startedAt, send, failed }: Asked<R>): Promise<void> {
    const time = Date.now();
    const source = sourceOf(asked);
    const ids = request.preview ? [] : newIds(request.rows);
    const requestId = requestIdOf(asked) ?? ids[0] ?? newId();
    let outcome: PredictionOutcome;
    try {
      outcome = await predictions.predict(request, pin, source);
    } catch (error) {
      failed(requestId);
      countFailure(error, requestId, rowsOf(source, request, ids, time), secondsSince(startedAt), request.preview);
      throw error;
    }

    const { version, assigned, epoch, route, answer, first } = outcome;
    const { body, headers } = format.write(request, outcome, ids);
    const seconds = secondsSince(startedAt);
    const length = Buffer.byteLength(body);
    send(
      [
        ...NOSNIFF,
        ...headers,
        'Content-Length',
        String(length),
        'X-Model-Version',
        version.name,
        ...(answer.release === null ? NO_RELEASE : ['X-Model-Release', answer.release]),
        'X-Request-Id',
        requestId,
        'Server-Timing',
        `total;dur=${(seconds * 1000).toFixed(2)}`,
      ],
      body,
      length,
    );

    const rows = rowsOf(source, request, ids, time);
    accounting.answered({ version, assigned, epoch, route, seconds, rows }, { answer, first });
    if (!request.preview && log.isLevelEnabled('debug'))
      log.debug(
        { request_id: requestId, prediction_id: ids[0], version: version.name, route, latency_ms: seconds * 1000 },
        'predicted',
      );
  }

  async function predict(req: Request, res: Response): Promise<void> {
    const startedAt = performance.now();
    const request = format.read(req);
    await answer({
      request,
      headers: req.headers,
      pin: format.pin(req),
      startedAt,
      send(headers, body, length) {
        // all headers here: a single one set before makes Node take its slow path
        res.writeHead(200, headers);
        // plain ASCII, the usual case, is written without a look at each character
        res.end(body, length === body.length ? 'latin1' : 'utf8');
      },
      failed: (requestId) => void res.setHeader('X-Request-Id', requestId),
    });
  }

  function countFailure(error: unknown, requestId: string, rows: Rows, seconds: number, preview: boolean): void {
    if (error instanceof NoVersionError && !preview) accounting.refused('unavailable');
    if (!(error instanceof PredictionError)) return;
    const { version, assigned, epoch, route, reason } = error;
    accounting.failed({ version, assigned, epoch, route, seconds, rows }, reason);
    if (!preview)
      log.debug({ request_id: requestId, prediction_id: rows.ids[0], version: version.name, route, reason }, 'failed');
  }

  /** Counts requests that never reached a version: invalid ones, and those before any version was ready. */
  function countRefused(error: unknown): void {
    if (error instanceof PredictionError || error instanceof NoVersionError) return;
    const status = (toClientError(error) as { status?: number }).status ?? 500;
    accounting.refused(status < 500 ? 'invalid' : 'unavailable');
  }

  const refuse: ErrorRequestHandler = (error, req, res, next) => {
    res.setHeader(...NOSNIFF);
    if (!res.hasHeader('X-Request-Id')) res.setHeader('X-Request-Id', requestIdOf(req.headers) ?? newId());
    countRefused(error);
    next(error);
  };

  return { handlers: [predict, refuse] as const, answer, countRefused };
}

const NO_RELEASE: readonly string[] = [];
const rowsOf = (
  source: Source,
  { user, reference, references, features, columns }: PredictBody,
  ids: readonly string[],
  time: number,
): Rows => {
  return { time, user, source, reference, references, features, columns, ids };
};
const newId = () => randomUUIDv7();
const secondsSince = (startedAt: number) => (performance.now() - startedAt) / 1000;

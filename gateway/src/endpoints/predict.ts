import { randomUUIDv7 } from 'node:crypto';
import { bodyLimits } from '@coppice/contract';
import { type PredictBody, readJson, takePredictBody } from '@coppice/serverkit';
import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Accounting } from '../accounting/accounting.ts';
import { NOSNIFF } from '../guard/security-headers.ts';
import { AnswerTemplate } from '../predict/answer-template.ts';
import { PredictionError, type PredictionOutcome, type PredictionService } from '../predict/prediction-service.ts';
import { NoVersionError } from '../traffic/traffic-split.ts';
import type { ModelCatalog } from '../versions/model-catalog.ts';
import { toClientError } from './client-errors.ts';
import { pinOf, requestIdOf, userOf } from './request-headers.ts';

type Deps = {
  predictions: PredictionService;
  catalog: Pick<ModelCatalog, 'require' | 'onShape'>;
  accounting: Accounting;
  log: Pick<Logger, 'debug' | 'isLevelEnabled'>;
};

/**
 * `POST /predict`: one row or a batch, answered by one version. Handlers rather than a router, which saves every
 * prediction one.
 */
export function predictHandlers({ predictions, catalog, accounting, log }: Deps) {
  let template = new AnswerTemplate([]);
  catalog.onShape(({ classes }) => {
    template = new AnswerTemplate(classes);
  });

  async function predict(req: Request, res: Response): Promise<void> {
    const startedAt = performance.now();
    const request = readRequest(req);
    const time = Date.now();
    const ids = request.preview ? [] : newIds(request.rows);
    const requestId = requestIdOf(req) ?? ids[0] ?? newId();
    let outcome: PredictionOutcome;
    try {
      outcome = await predictions.predict(request, pinOf(req));
    } catch (error) {
      res.setHeader('X-Request-Id', requestId);
      countFailure(error, request, requestId, ids, time, secondsSince(startedAt));
      throw error;
    }

    const { version, route, answer, first } = outcome;
    const body = request.batch
      ? template.batch(answer, first, request.rows, version.name, route, ids)
      : template.one(answer, first, version.name, route, ids[0]);
    const seconds = secondsSince(startedAt);
    const length = Buffer.byteLength(body);
    // all headers here: a single one set before makes Node take its slow path
    res.writeHead(200, [
      ...NOSNIFF,
      'Content-Type',
      'application/json; charset=utf-8',
      'Content-Length',
      String(length),
      'X-Model-Version',
      version.name,
      'X-Request-Id',
      requestId,
      'Server-Timing',
      `total;dur=${(seconds * 1000).toFixed(2)}`,
    ]);
    // plain ASCII, the usual case, is written without a look at each character
    res.end(body, length === body.length ? 'latin1' : 'utf8');

    const { user, features } = request;
    accounting.answered({ version, route, seconds, rows: { time, user, features, ids } }, { answer, first });
    if (!request.preview && log.isLevelEnabled('debug'))
      log.debug(
        { request_id: requestId, prediction_id: ids[0], version: version.name, route, latency_ms: seconds * 1000 },
        'predicted',
      );
  }

  function readRequest(req: Request): PredictBody {
    const request = takePredictBody(req, catalog.require().features);
    request.user ??= userOf(req);
    return request;
  }

  function countFailure(
    error: unknown,
    request: PredictBody,
    requestId: string,
    ids: string[],
    time: number,
    seconds: number,
  ): void {
    if (error instanceof NoVersionError && !request.preview) accounting.refused('unavailable');
    if (!(error instanceof PredictionError)) return;
    const { version, route, reason } = error;
    const { user, features } = request;
    accounting.failed({ version, route, seconds, rows: { time, user, features, ids } }, reason);
    if (!request.preview)
      log.debug({ request_id: requestId, prediction_id: ids[0], version: version.name, route, reason }, 'failed');
  }

  /** Counts requests that never reached a version: invalid ones, and those before any version was ready. */
  const countRefused: ErrorRequestHandler = (error, req, res, next) => {
    res.setHeader(...NOSNIFF);
    if (!res.hasHeader('X-Request-Id')) res.setHeader('X-Request-Id', requestIdOf(req) ?? newId());
    if (!(error instanceof PredictionError || error instanceof NoVersionError)) {
      const status = (toClientError(error) as { status?: number }).status ?? 500;
      accounting.refused(status < 500 ? 'invalid' : 'unavailable');
    }
    next(error);
  };

  return [readJson({ limit: bodyLimits['/predict'] }), predict, countRefused] as const;
}

const newId = () => randomUUIDv7();
const newIds = (n: number) => (n === 1 ? [newId()] : Array.from({ length: n }, newId));
const secondsSince = (startedAt: number) => (performance.now() - startedAt) / 1000;

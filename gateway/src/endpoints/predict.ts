import { randomUUIDv7 } from 'node:crypto';
import { HttpError } from '@coppice/serverkit';
import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import { NOSNIFF } from '../guard/security-headers.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import { AnswerTemplate } from '../predict/answer-template.ts';
import { observeRows, type PredictionObserver } from '../predict/observers.ts';
import { type PredictionRequest, parseRequest } from '../predict/parse-request.ts';
import { PredictionError, type PredictionOutcome, type PredictionService } from '../predict/prediction-service.ts';
import { NoVersionError } from '../traffic/traffic-split.ts';
import type { ModelCatalog } from '../versions/model-catalog.ts';
import { readJson } from './read-json.ts';
import { pinOf, requestIdOf, userOf } from './request-headers.ts';
import { toClientError } from './version-errors.ts';

/** Holds 1,024 rows of some 50 features. */
const BODY_LIMIT = 1024 * 1024;

type Deps = {
  predictions: PredictionService;
  models: Pick<ModelCatalog, 'require' | 'onShape'>;
  metrics: GatewayMetrics;
  observers: readonly PredictionObserver[];
  log: Pick<Logger, 'debug' | 'isLevelEnabled'>;
};

/**
 * `POST /predict`: one row or a batch, answered by one version. Handlers rather than a router: one router less on the
 * way of every prediction.
 */
export function predictHandlers({ predictions, models, metrics, observers, log }: Deps) {
  let template = new AnswerTemplate([]);
  models.onShape(({ classes }) => {
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
      if (!request.preview) countFailure(error, request, requestId, ids, time, secondsSince(startedAt));
      throw toClientError(error);
    }

    const { version, route, answer, first } = outcome;
    const body = request.batch
      ? template.batch(answer, first, request.rows, version.name, route, ids)
      : template.one(answer, first, version.name, route, ids[0]);
    const seconds = secondsSince(startedAt);
    const length = Buffer.byteLength(body);
    // all of them here: one header set before makes Node take its slow way
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
    // plain ASCII, as nearly always, is written without a look at each character
    res.end(body, length === body.length ? 'latin1' : 'utf8');

    if (request.preview) return;
    metrics.requestReceived();
    version.metrics.served(seconds, route);
    for (let i = 0; i < request.rows; i++) version.metrics.predicted(answer.labels[first + i] as number);
    const { user, features } = request;
    observeRows(observers, {
      ...{ time, version: version.name, route, user, features, ids, answer, first },
      latencySeconds: seconds,
      error: null,
    });
    if (log.isLevelEnabled('debug'))
      log.debug(
        { request_id: requestId, prediction_id: ids[0], version: version.name, route, latency_ms: seconds * 1000 },
        'predicted',
      );
  }

  function readRequest(req: Request): PredictionRequest {
    const shape = models.require();
    if (req.body === undefined && req.headers['content-type'] && !req.is('application/json'))
      throw new HttpError(415, 'The body must be JSON: send Content-Type: application/json.');
    const request = parseRequest(req.body, shape.features);
    req.body = undefined;
    request.user ??= userOf(req);
    return request;
  }

  function countFailure(
    error: unknown,
    request: PredictionRequest,
    requestId: string,
    ids: string[],
    time: number,
    seconds: number,
  ): void {
    if (error instanceof NoVersionError) {
      metrics.requestReceived();
      metrics.requestFailed('unavailable');
    } else if (error instanceof PredictionError) {
      const { version, route, reason } = error;
      metrics.requestReceived();
      version.metrics.failed(reason, seconds, route);
      const { user, features } = request;
      observeRows(observers, {
        ...{ time, version: version.name, route, user, features, ids, answer: null, first: 0 },
        latencySeconds: seconds,
        error: reason,
      });
      log.debug({ request_id: requestId, prediction_id: ids[0], version: version.name, route, reason }, 'failed');
    }
  }

  /** Counts requests that never came to a version: bad bodies, and those that came before any version was ready. */
  const countRefused: ErrorRequestHandler = (error, req, res, next) => {
    res.setHeader(...NOSNIFF);
    if (!res.hasHeader('X-Request-Id')) res.setHeader('X-Request-Id', requestIdOf(req) ?? newId());
    const status = (error as { status?: number }).status ?? 500;
    const { cause } = error as { cause?: unknown };
    if (!(cause instanceof PredictionError || cause instanceof NoVersionError)) {
      metrics.requestReceived();
      metrics.requestFailed(status < 500 ? 'invalid' : 'unavailable');
    }
    next(error);
  };

  return [readJson({ limit: BODY_LIMIT }), predict, countRefused] as const;
}

const newId = () => randomUUIDv7();
const newIds = (n: number) => (n === 1 ? [newId()] : Array.from({ length: n }, newId));
const secondsSince = (startedAt: number) => (performance.now() - startedAt) / 1000;

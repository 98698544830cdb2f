import { bodyLimits } from '@coppice/contract';
import {
  type FastRoute,
  parseJson,
  parsePredictBody,
  readJsonBytes,
  readPredictBody,
  replyError,
} from '@coppice/serverkit';
import type { Request } from 'express';
import type { Logger } from 'pino';
import type { Guard } from '../guard/guard.ts';
import { NOSNIFF } from '../guard/security-headers.ts';
import { AnswerTemplate } from '../predict/answer-template.ts';
import type { ModelCatalog } from '../versions/model-catalog.ts';
import { answerPredictions, type PredictionDeps } from './answer-prediction.ts';
import { toClientError } from './client-errors.ts';
import { pinOf, userOf } from './request-headers.ts';

type Deps = PredictionDeps & { catalog: Pick<ModelCatalog, 'require' | 'shape' | 'onShape'> };

const JSON_TYPE = ['Content-Type', 'application/json; charset=utf-8'];

/** `POST /predict`: one row or a batch, answered by one version. */
export function predictHandlers(deps: Deps) {
  const { handlers } = predictions(deps);
  return [readJsonBytes({ limit: bodyLimits['/predict'] }), ...handlers] as const;
}

/**
 * The same for plain requests, without Express. Null if more than a look at the headers lets a request in. What is wrong with a
 * request is said by `predictHandlers` alone: such a one is not taken.
 */
export function fastPredict(
  deps: Deps & { guard: Pick<Guard, 'plain'>; log: Pick<Logger, 'error'> },
): FastRoute | null {
  const { catalog, log } = deps;
  const { plain } = deps.guard;
  if (plain === null) return null;
  const { answer, countRefused } = predictions(deps);
  const limit = bodyLimits['/predict'];
  return {
    requestLine: 'POST /predict HTTP/1.1',
    admits: (headers) => headers['content-type'] === 'application/json' && plain.admits(headers),
    answer(headers, body, reply) {
      if (body.length > limit || !plain.now()) return false;
      const startedAt = performance.now();
      let request: ReturnType<typeof readPredictBody>;
      try {
        request = readPredictBody(body, catalog.require().schema);
        request.user ??= userOf(headers);
      } catch {
        return false;
      }
      let id = '';
      const refused = (thrown: unknown) => {
        countRefused(thrown);
        const first = ['X-Request-Id', id, ...NOSNIFF];
        replyError(reply, toClientError(thrown), { method: 'POST', path: '/predict', first, log });
      };
      answer({
        ...{ request, headers, pin: pinOf(headers), startedAt },
        send: (described, text) => reply(200, described, text as string),
        failed(requestId) {
          id = requestId;
        },
      }).catch(refused);
      return true;
    },
  };
}

/** What is wrong with the JSON is said before what is wrong with the models. */
function read(body: Buffer | undefined, catalog: Deps['catalog']) {
  const shape = catalog.shape();
  if (body && shape) return readPredictBody(body, shape.schema);
  const parsed = body && parseJson(body);
  return parsePredictBody(parsed, catalog.require().schema);
}

function predictions({ catalog, ...deps }: Deps) {
  let template = new AnswerTemplate([]);
  catalog.onShape(({ classes }) => {
    template = new AnswerTemplate(classes);
  });
  return answerPredictions(deps, {
    read(req: Request) {
      const body: Buffer | undefined = req.body?.length ? req.body : undefined;
      // so that a large body can be freed while the request waits
      req.body = undefined;
      const request = read(body, catalog);
      request.user ??= userOf(req.headers);
      return request;
    },
    pin: (req) => pinOf(req.headers),
    write({ batch, rows }, { version, route, answer, first }, ids) {
      const body = batch
        ? template.batch(answer, first, rows, version.name, route, ids)
        : template.one(answer, first, version.name, route, ids[0]);
      return { body, headers: JSON_TYPE };
    },
  });
}

import { isUtf8 } from 'node:buffer';
import { HttpError } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { Config } from '../config.ts';
import type { Metrics } from '../metrics/model-metrics.ts';
import type { Model, OutputTensor } from '../model/model.ts';
import { readFeatures } from '../read-features.ts';
import { counted } from './counted.ts';
import { methodNotAllowed } from './method-not-allowed.ts';
import { rawBody } from './raw-body.ts';
import { type Host, requireModel } from './require-model.ts';

type Deps = { host: Host; metrics: Metrics; config: Pick<Config, 'modelVersion'> };

/** `POST /predict`: the gateway's request and answer, of this one version. */
export function predictRoutes({ host, metrics, config: { modelVersion } }: Deps): Router {
  const predict: RequestHandler = async (req, res) => {
    const model = requireModel(host);
    const names = model.card.features.map((feature) => feature.name);
    const { single, rows, values } = readFeatures(parseBody(req.body), names);
    const began = performance.now();
    const outputs = await model.infer(values, rows, [model.labelName, model.probabilityName]);
    metrics.inferred(rows, (performance.now() - began) / 1000);
    const predictions = toPredictions(model, rows, outputs);
    res.json(
      single ? { ...predictions[0], model_version: modelVersion } : { predictions, model_version: modelVersion },
    );
  };
  const router = Router();
  router
    .route('/predict')
    .post(counted(metrics, 'predict'), jsonOnly, rawBody(BODY_LIMIT), predict)
    .all(methodNotAllowed('POST'));
  return router;
}

const BODY_LIMIT = 4 * 1024 * 1024;

const jsonOnly: RequestHandler = (req, _res, next) => {
  const type = req.headers['content-type'] ?? '';
  if (!/^\s*application\/json\s*(;|$)/i.test(type))
    throw new HttpError(415, `Content-Type ${type.slice(0, 100) || '(none)'} is not supported: application/json is.`);
  next();
};

function parseBody(body: Buffer = Buffer.alloc(0)): unknown {
  if (!isUtf8(body)) throw new HttpError(400, 'The body is not UTF-8.');
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    throw new HttpError(400, 'The body is not valid JSON.', { cause });
  }
}

function toPredictions({ card }: Model, rows: number, [labels, shares]: OutputTensor[]) {
  const width = card.classes.length;
  return Array.from({ length: rows }, (_, row) => {
    const prediction = Number(labels?.data[row]);
    const probability = Array.from(shares?.data.subarray(row * width, (row + 1) * width) ?? [], Number);
    return { prediction, class: card.classes[prediction]?.name ?? String(prediction), probability };
  });
}

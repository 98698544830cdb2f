import { bodyLimits } from '@coppice/contract';
import { HttpError, inferBody, type PredictBody } from '@coppice/serverkit';
import { encodeInferResponse, type InferRequest, type OutputTensor } from '@coppice/serverkit/open-inference';
import type { Request, RequestHandler } from 'express';
import type { PredictionOutcome } from '../predict/prediction-service.ts';
import type { TrafficSplit } from '../traffic/traffic-split.ts';
import type { ModelCatalog } from '../versions/model-catalog.ts';
import type { Version } from '../versions/version.ts';
import { answerPredictions, type PredictionDeps } from './answer-prediction.ts';
import { FleetTensors, type WantedOutput } from './fleet-tensors.ts';
import { pinOf, userOf } from './request-headers.ts';

export type InferDeps = PredictionDeps & {
  catalog: Pick<ModelCatalog, 'require'>;
  traffic: TrafficSplit<Version>;
  modelName: string;
};

type InferBody = PredictBody & { id: string | undefined; outputs: WantedOutput[]; named: boolean };

export const INFER_PATHS = ['/v2/models/:model/infer', '/v2/models/:model/versions/:version/infer'];

const JSON_TYPE = ['Content-Type', 'application/json'];
const BINARY_TYPE = ['Content-Type', 'application/octet-stream'];

/**
 * `POST /v2/models/<model>[/versions/<version>]/infer`: reads the tensors, and is answered as `/predict` is, by any
 * version: each gets the rows in its own form. The limits are those of `/predict` too.
 */
export function inferHandlers({ catalog, traffic, modelName, ...deps }: InferDeps) {
  const tensors = new FleetTensors({ catalog, traffic });

  const known: RequestHandler = (req, _res, next) => {
    const { model, version } = req.params as { model: string; version?: string };
    if (model !== modelName)
      throw new HttpError(404, `Unknown model ${model.slice(0, 100)}: this gateway serves ${modelName}.`);
    if (version !== undefined) mustKnow(traffic, version);
    next();
  };

  const { handlers } = answerPredictions<InferBody>(deps, {
    read(req) {
      const body: Buffer = req.body ?? Buffer.alloc(0);
      // so that a large body can be freed while the request waits
      req.body = undefined;
      const request = tensors.read(body, req.get('inference-header-content-length'));
      return {
        ...request,
        features: toNumbers(request.features),
        user: userOf(req.headers),
        references: undefined,
        batch: true,
        preview: false,
      };
    },
    pin: (req: Request) => (req.params.version as string | undefined) ?? pinOf(req.headers),
    write(request, outcome, ids) {
      const { body, headerLength } = encodeInferResponse({
        modelName,
        modelVersion: outcome.version.name,
        id: request.id,
        parameters: { prediction_id: ids.join(',') },
        outputs: outputsOf(request, outcome),
      });
      if (headerLength === undefined) return { body, headers: JSON_TYPE };
      return { body, headers: [...BINARY_TYPE, 'Inference-Header-Content-Length', String(headerLength)] };
    },
  });
  return [known, ...inferBody({ limit: bodyLimits['/predict'] }), ...handlers] as const;
}

/** Throws a 404 for a version of a path that does not exist. */
export function mustKnow(traffic: Pick<TrafficSplit<Version>, 'find' | 'versions'>, name: string): Version {
  const version = traffic.find(name);
  if (version) return version;
  throw new HttpError(404, `Unknown version ${name.slice(0, 100)}. Versions: ${traffic.versions.join(', ')}.`);
}

/**
 * The outputs of an answer. A version without probabilities leaves them out; a request that names them gets a 400 then,
 * for its client would look for them.
 */
function outputsOf({ rows, outputs, named }: InferBody, { version, answer, first }: PredictionOutcome) {
  const { labels, probabilities, classes } = answer;
  const answered: { tensor: OutputTensor; binary: boolean }[] = [];
  for (const { name, binary, kind } of outputs) {
    if (kind === 'label') {
      const data = new BigInt64Array(rows);
      for (let i = 0; i < rows; i++) data[i] = BigInt(labels[first + i] as number);
      answered.push({ tensor: { name, datatype: 'INT64', shape: [rows], data }, binary });
    } else if (probabilities) {
      const data = new Float64Array(rows * classes);
      for (let i = 0; i < data.length; i++) data[i] = probabilities[first * classes + i] as number;
      answered.push({ tensor: { name, datatype: 'FP64', shape: [rows, classes], data }, binary });
    } else if (named)
      throw new HttpError(
        400,
        `outputs: version ${version.name} has no ${name}, only label; name no outputs to get what a version has, or pin another version`,
      );
  }
  return answered;
}

/** Numbers in 64 bits, as they are recorded. */
function toNumbers(values: InferRequest['features']): PredictBody['features'] {
  return Array.isArray(values) || values instanceof Float64Array ? values : Float64Array.from(values);
}

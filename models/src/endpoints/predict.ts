import { bodyLimits } from '@coppice/contract';
import { readJson, takePredictBody } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { Metrics } from '../metrics/model-metrics.ts';
import type { ModelIdentity } from '../model/identity.ts';
import type { Model, OutputTensor } from '../model/model.ts';
import { counted } from './counted.ts';
import { inferCounted } from './infer-counted.ts';
import { type Host, requireServed } from './require-model.ts';

type Deps = { host: Host; metrics: Metrics; config: ModelIdentity };

/** `POST /predict`: the same request and answer as the gateway's, by this version. */
export function predictRoutes({ host, metrics, config: { modelVersion } }: Deps): Router {
  const predict: RequestHandler = async (req, res) => {
    const { model, release } = requireServed(host);
    if (release !== null) res.set('X-Model-Release', String(release));
    const { features: values, rows, batch } = takePredictBody(req, model.schema);
    const features = model.schema.numeric ? Float64Array.from(values as number[]) : values;
    const names = [model.labelName, model.probabilityName];
    const outputs = await inferCounted(metrics, model, features, rows, names);
    const predictions = toPredictions(model, rows, outputs);
    res.json(batch ? { predictions, model_version: modelVersion } : { ...predictions[0], model_version: modelVersion });
  };
  return Router().post('/predict', counted(metrics, 'predict'), readJson({ limit: bodyLimits['/predict'] }), predict);
}

function toPredictions({ card }: Model, rows: number, [labels, shares]: OutputTensor[]) {
  const width = card.classes.length;
  return Array.from({ length: rows }, (_, row) => {
    const prediction = Number(labels?.data[row]);
    const probability = Array.from(shares?.data.subarray(row * width, (row + 1) * width) ?? [], Number);
    return { prediction, class: card.classes[prediction]?.name ?? String(prediction), probability };
  });
}

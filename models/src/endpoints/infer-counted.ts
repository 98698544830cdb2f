import { HttpError } from '@coppice/serverkit';
import { PredictionFault } from '@coppice/serverkit/open-inference';
import type { Metrics } from '../metrics/model-metrics.ts';
import type { Model, OutputTensor } from '../model/model.ts';

/** Infers and counts. An answer that is no prediction becomes a 500 that says why: clients must not take it for one. */
export async function inferCounted(
  metrics: Metrics,
  model: Model,
  ...[features, rows, names]: Parameters<Model['infer']>
): Promise<OutputTensor[]> {
  const began = performance.now();
  try {
    const tensors = await model.infer(features, rows, names);
    metrics.inferred(rows, (performance.now() - began) / 1000);
    return tensors;
  } catch (cause) {
    if (!(cause instanceof PredictionFault)) throw cause;
    throw new HttpError(500, `The model's answer is not a prediction: ${cause.message}.`, { cause });
  }
}

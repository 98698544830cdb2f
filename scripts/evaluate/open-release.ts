import { type FeatureValue, type ModelCard, parseModelCard } from '@coppice/contract';
import type { Answers } from '@coppice/evaluation/answers';
import { loadModel } from '@coppice/models/model/load-model';
import { BrokenReleaseError } from '@coppice/registry/errors';
import type { Registry } from '@coppice/registry/registry';
import { CARD_FILE, MODEL_FILE, type Release } from '@coppice/registry/release';
import { allowedValues, typedValue } from '@coppice/serverkit';
import { DataError } from '@coppice/trainer/table/data-error';

const batch = 1000;

export type OpenRelease = {
  release: Release;
  card: ModelCard;
  /** Rows have the features of the card in its order. Throws `DataError` for a value that none of them can have. */
  infer(rows: readonly (readonly FeatureValue[])[]): Promise<Answers>;
  close(): Promise<void>;
};

/** Loads a release as a model server does. */
export async function openRelease(registry: Registry, number: number): Promise<OpenRelease> {
  const release = await registry.release(number);
  const [json, onnx] = await Promise.all([registry.file(release, CARD_FILE), registry.file(release, MODEL_FILE)]);
  const { data: card } = parseModelCard(JSON.parse(Buffer.from(json).toString('utf8')));
  if (!card) throw new BrokenReleaseError(`release ${number} has no valid ${CARD_FILE}`);
  return { release, card, ...(await openAnswers(card, onnx)) };
}

/** A model of a card and an ONNX file, that answers rows. Throws `ArtifactError` for one that cannot be served. */
export async function openAnswers(card: ModelCard, onnx: Uint8Array): Promise<Pick<OpenRelease, 'infer' | 'close'>> {
  const model = await loadModel(card, onnx);
  const { specs, numeric } = model.schema;
  const outputs = [model.labelName, model.probabilityName];
  const typed = (row: readonly FeatureValue[]) =>
    specs.map((spec, i) => {
      const value = typedValue(spec, row[i]);
      if (value !== undefined) return value;
      throw new DataError(`${spec.name} is ${JSON.stringify(row[i])} in a row: must be ${allowedValues(spec)}`);
    });
  return {
    async infer(rows) {
      const answered = new Int32Array(rows.length);
      const probabilities = new Float64Array(rows.length * card.classes.length);
      for (let from = 0; from < rows.length; from += batch) {
        const some = rows.slice(from, from + batch);
        const values = some.flatMap(typed);
        const features = numeric ? Float64Array.from(values, Number) : values;
        const [labels, shares] = await model.infer(features, some.length, outputs);
        answered.set(Int32Array.from(labels?.data ?? [], Number), from);
        probabilities.set(Float64Array.from(shares?.data ?? [], Number), from * card.classes.length);
      }
      return { answered, probabilities };
    },
    close: () => model.close(),
  };
}

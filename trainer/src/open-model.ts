import '@coppice/serverkit/no-telemetry';
import type { FeatureCard, FeatureValue, ModelCard } from '@coppice/contract';
import type { Answers } from '@coppice/evaluation/answers';
import { daysOfDate } from '@coppice/serverkit/iso-date';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { inputName } from './onnx/preparation-graph.ts';

/** Rows at a time: memory stays what one batch takes. */
const batch = 200;

export type OpenModel = {
  /** Rows have the features of the card in its order, in the form in which clients send them. */
  infer(rows: readonly (readonly FeatureValue[])[]): Promise<Answers>;
  close(): Promise<void>;
};

/** Opens an ONNX model of the forms that this trainer writes. Undefined for one of another form, such as one from elsewhere. */
export async function openModel(onnx: Uint8Array, { features, classes }: ModelCard): Promise<OpenModel | undefined> {
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1, enableCpuMemArena: false });
  const known = new Set(session.inputNames);
  const isPlain = known.size === 1 && known.has('features') && !isColumn(session, 'features');
  const names = features.map(({ name }) => inputName({ column: name }));
  const isOurs = ['label', 'probability'].every((name) => session.outputNames.includes(name));
  if (!isOurs || !(isPlain || names.every((name) => known.has(name)))) {
    await session.release();
    return undefined;
  }
  const feeds = (rows: readonly (readonly FeatureValue[])[]) =>
    isPlain ? { features: numberTensor(rows.flat(), features.length) } : columnTensors(rows, features, names);
  return {
    async infer(rows) {
      const answered = new Int32Array(rows.length);
      const probabilities = new Float64Array(rows.length * classes.length);
      for (let from = 0; from < rows.length; from += batch) {
        const { label, probability } = await session.run(feeds(rows.slice(from, from + batch)));
        answered.set(Int32Array.from(label?.data as BigInt64Array, Number), from);
        probabilities.set(probability?.data as Float64Array, from * classes.length);
      }
      return { answered, probabilities };
    },
    close: () => session.release(),
  };
}

/** A table's only column may be called `features`, too. */
function isColumn({ inputMetadata }: InferenceSession, name: string): boolean {
  const found = inputMetadata.find((one) => one.name === name);
  return found?.isTensor === true && found.type === 'string';
}

const numberTensor = (values: readonly FeatureValue[], width: number) =>
  new Tensor('float64', Float64Array.from(values, numberOf), [values.length / width, width]);

function columnTensors(
  rows: readonly (readonly FeatureValue[])[],
  features: readonly FeatureCard[],
  names: readonly string[],
): Record<string, Tensor> {
  return Object.fromEntries(
    features.map(({ kind }, i) => {
      const values = rows.map((row) => row[i] as FeatureValue);
      const tensor =
        kind === 'category'
          ? new Tensor(
              'string',
              values.map((value) => (value === null ? '' : String(value))),
              [rows.length, 1],
            )
          : numberTensor(values, 1);
      return [names[i] as string, tensor];
    }),
  );
}

/** Missing is NaN, and a date is a number of days. */
function numberOf(value: FeatureValue): number {
  if (value === null) return Number.NaN;
  return typeof value === 'string' ? (daysOfDate(value) ?? Number.NaN) : Number(value);
}

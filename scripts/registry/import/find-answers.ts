import { ImportRefusedError } from './import-refused.ts';
import type { RawOutput } from './raw-answers.ts';

export type Answered = {
  /** As the file has them: texts or whole numbers; plain: INT64 or texts `[-1]`. Null where it answers none. */
  labels: { output: string; isText: boolean; isPlain: boolean; values: string[] } | null;
  /** Probability of each class, row by row. */
  shares: { output: string; classes: number; values: Float64Array };
};

/** Rounding that sums of FP32 shares may have. */
const TOLERANCE = 1e-3;

/** Which outputs are labels and which probabilities. Throws `ImportRefusedError` for those of no classifier, with the remedy. */
export function findAnswers(outputs: readonly RawOutput[], rows: number): Answered {
  const isOne = ({ dims }: RawOutput) => dims.length === 1 || (dims.length === 2 && dims[1] === 1);
  const labels = outputs.filter((one) => isOne(one) && labelTypes.includes(one.type));
  const shares = outputs.filter(({ type, dims }) => shareTypes.includes(type) && dims.length === 2 && dims[1] !== 1);
  const has = `it has ${outputs.map(described).join(', ')}`;
  const [found, ...more] = shares;
  if (!found) throw new ImportRefusedError(`${whyNoShares(outputs.filter(isOne), outputs)}; ${has}`);
  if (more.length > 0)
    throw new ImportRefusedError(
      `the model has ${shares.length} outputs that may be probabilities: convert it with labels and probabilities alone; ${has}`,
    );
  if (labels.length > 1)
    throw new ImportRefusedError(
      `the model has ${labels.length} outputs that may be labels: convert it with labels and probabilities alone; ${has}`,
    );
  const classes = found.dims[1] as number;
  const values = Float64Array.from(found.data as ArrayLike<number>);
  mustBeShares(values, classes, rows, found.name);
  const [label] = labels;
  return {
    labels: label
      ? {
          output: label.name,
          isText: label.type === 'string',
          isPlain: label.dims.length === 1 && (label.type === 'int64' || label.type === 'string'),
          values: Array.from(label.data, String),
        }
      : null,
    shares: { output: found.name, classes, values },
  };
}

const labelTypes = ['int64', 'int32', 'bool', 'string'];
const shareTypes = ['float32', 'float64'];

function whyNoShares(single: readonly RawOutput[], outputs: readonly RawOutput[]): string {
  const numbers = single.filter(({ type }) => shareTypes.includes(type));
  if (numbers.length > 1 && numbers.length === single.length - 1)
    return 'the model has an output for each class: convert it with options={"zipmap": False}';
  if (numbers.length > 0)
    return 'the model answers one number for each row, as a regression does: it must be a classifier with a probability for each class; a network with one sigmoid needs both columns, 1 − p and p';
  if (outputs.some(({ type }) => /float16/.test(type)))
    return 'the model’s probabilities are of half precision: convert them to FP32';
  return 'the model has labels alone: convert it with probabilities (predict_proba)';
}

function mustBeShares(values: Float64Array, classes: number, rows: number, output: string): void {
  for (let row = 0; row < rows; row += 1) {
    const own = values.subarray(row * classes, (row + 1) * classes);
    if (own.some(Number.isNaN))
      throw new ImportRefusedError(
        `the model answers NaN to row ${row + 1} of the sample: impute gaps in the pipeline, or give a sample without`,
      );
    const sum = own.reduce((total, share) => total + share, 0);
    const outside = own.find((share) => share < -TOLERANCE || share > 1 + TOLERANCE);
    if (outside === undefined && Math.abs(sum - 1) <= TOLERANCE) continue;
    const what =
      outside === undefined ? `sums to ${round(sum)} in row ${row + 1}` : `is ${round(outside)} in row ${row + 1}`;
    throw new ImportRefusedError(
      `the model’s scores are no probabilities: ${output} ${what}: convert probabilities (XGBoost: objective="multi:softprob" or "binary:logistic"; LightGBM: without raw_score; SVM: CalibratedClassifierCV; a network: softmax as the last layer)`,
    );
  }
}

const round = (number: number) => Number(number.toPrecision(4));
const described = ({ name, type, dims }: RawOutput) => `${name} ${type} [${['-1', ...dims.slice(1)].join(',')}]`;

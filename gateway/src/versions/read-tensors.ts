import { checkAnswer } from './check-answer.ts';
import { classIndices } from './class-indices.ts';
import type { InferAnswer } from './infer-job.ts';
import { LABEL_NAMES, PROBABILITY_NAMES, type Signature } from './signature.ts';

/** One tensor of an answer, flat. */
export type AnswerTensor =
  | { name: string; kind: 'text'; values: readonly unknown[] }
  | { name: string; kind: 'integer' | 'float'; values: ArrayLike<number> };

type Model = Pick<Signature, 'classes' | 'label' | 'probability' | 'classNames' | 'labelsAreNames' | 'decision'>;

/**
 * The prediction in the tensors of an answer. Which is which follows from the announced names, and else from type and
 * size, since servers answer with other names than they announce (MLServer's MLflow runtime), and with probabilities as
 * `predict` (LightGBM, XGBoost's Booster). Throws, in words for an operator, when it is none.
 */
export function readTensors(tensors: readonly AnswerTensor[], rows: number, model: Model): InferAnswer {
  const { classes } = model;
  const probability = pick(tensors, model.probability, PROBABILITY_NAMES, (tensor) => {
    if (tensor.kind !== 'float') return false;
    return tensor.values.length === rows * classes || isSecondOfTwo(tensor, rows, model);
  });
  const label = pick(tensors, model.label, LABEL_NAMES, (tensor) => tensor !== probability && isLabel(tensor, rows));
  if (model.probability !== null && !probability && tensors.length > 0)
    throw new Error(`it lacks the probabilities, which its server announces as ${model.probability}`);
  return checkAnswer(
    label ? readLabels(label, model) : null,
    probability ? readProbabilities(probability, rows, model) : null,
    rows,
    model,
  );
}

function pick(
  tensors: readonly AnswerTensor[],
  announced: string | null,
  usual: RegExp,
  fits: (tensor: AnswerTensor) => boolean,
): AnswerTensor | undefined {
  // by its announced name whatever it holds: a wrong size must not go unseen
  const named = announced === null ? undefined : tensors.find(({ name }) => name === announced);
  if (named) return named;
  const fitting = tensors.filter(fits);
  return fitting.find(({ name }) => usual.test(name)) ?? fitting[0];
}

function isLabel({ kind, values }: AnswerTensor, rows: number): boolean {
  if (values.length !== rows) return false;
  // a class index as a float, which Triton's FIL backend returns
  return kind !== 'float' || Array.from(values).every((value) => Number.isInteger(value));
}

/** A binary model's probability of the second class alone, as LightGBM's. */
function isSecondOfTwo({ name, kind, values }: AnswerTensor, rows: number, { classes, label }: Model): boolean {
  return kind === 'float' && classes === 2 && values.length === rows && name !== label;
}

function readProbabilities(tensor: AnswerTensor, rows: number, model: Model): ArrayLike<number> {
  const values = tensor.values as ArrayLike<number>;
  if (!isSecondOfTwo(tensor, rows, model)) return values;
  const shares = new Float64Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    shares[2 * row] = 1 - (values[row] as number);
    shares[2 * row + 1] = values[row] as number;
  }
  return shares;
}

/** Labels as indices of the classes. Those of a server that returns the class itself are looked up. */
function readLabels({ kind, values }: AnswerTensor, { classNames, labelsAreNames }: Model): ArrayLike<number> {
  return kind === 'text' || labelsAreNames
    ? classIndices(Array.from(values), classNames)
    : (values as ArrayLike<number>);
}

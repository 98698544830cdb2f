import type { FeatureSpec } from '@coppice/serverkit';
import { featureOfInput } from './feature-of-input.ts';

/** The request format of one version's server, and what is known of its answers. */
export type Signature = {
  /** One tensor of all features, or one per feature. */
  inputs: readonly InputTensor[];
  /** Values per row. */
  features: number;
  classes: number;
  /** Announced names of the output tensors; null if the server announces none of that kind. */
  label: string | null;
  probability: string | null;
  /** Output tensors to ask for. Empty: whatever the server answers. */
  ask: readonly string[];
  /** The server reads and writes binary tensors. */
  binary: boolean;
  /** In class order; null while no version's model card names them. */
  classNames: readonly string[] | null;
  /** Its labels are the classes themselves, such as scikit-learn's, not their indices. */
  labelsAreNames: boolean;
  /** How it comes from probabilities to a label, as its model card declares. */
  decision: 'argmax' | 'threshold';
};

export type InputTensor = {
  name: string;
  /** BYTES is text, and holds one feature. */
  datatype: 'FP64' | 'FP32' | 'BYTES';
  /** Index of the one feature that it holds, in the version's own order; null for all of them. */
  column: number | null;
};

/** What is known of a model from its own card, or else from the other versions. */
export type Known = {
  features: number;
  classes: number;
  /** The features in order; null while no version's model card describes them. */
  specs: readonly FeatureSpec[] | null;
  classNames: readonly string[] | null;
  /** From its own card. */
  ownCard: boolean;
  decision: 'argmax' | 'threshold';
};

type Tensor = { name: string; datatype: string; shape: number[] };

/** Takes what a model's metadata leaves out from the other versions (`known`). Throws if those do not know it either. */
export function readSignature(
  server: { extensions?: unknown },
  model: { inputs?: unknown; outputs?: unknown },
  known: Known | null,
): Signature {
  const inputs = tensors(model.inputs);
  const outputs = tensors(model.outputs);
  const probability =
    outputs.find(({ name }) => PROBABILITY_NAMES.test(name)) ??
    outputs.find(({ datatype, shape }) => datatype.startsWith('FP') && shape.length === 2 && shape[1] !== 1);
  const label =
    outputs.find(({ name }) => LABEL_NAMES.test(name)) ??
    outputs.find(({ datatype }) => /^(U?INT|BYTES)/.test(datatype));

  const features = announcedFeatures(model) ?? known?.features;
  const classes = positive(probability?.shape.at(-1)) ?? known?.classes;
  if (!features || !classes)
    throw new Error(
      'its metadata lacks the number of features or classes, and no other version has sent its model card yet',
    );
  return {
    inputs: readInputs(inputs, known),
    features,
    classes,
    label: label?.name ?? null,
    probability: probability?.name ?? null,
    ask: [label?.name, probability?.name].filter((name) => name !== undefined),
    binary: Array.isArray(server.extensions) && server.extensions.some((name) => /^binary_tensor_data/.test(name)),
    ...namesOf(known),
  };
}

/** Numbers per row, if a model's metadata has that. */
export function announcedFeatures(model: { inputs?: unknown }): number | undefined {
  const inputs = tensors(model.inputs);
  return inputs.length > 1 ? inputs.length : positive(inputs[0]?.shape.at(-1));
}

/** How a server of so many known classes means its labels. */
export function namesOf(known: Known | null): Pick<Signature, 'classNames' | 'labelsAreNames' | 'decision'> {
  return {
    classNames: known?.classNames ?? null,
    labelsAreNames: known !== null && !known.ownCard && areNumbersButIndices(known.classNames),
    decision: known?.decision ?? 'argmax',
  };
}

/** Names that scikit-learn servers and converters use. */
export const PROBABILITY_NAMES = /^(probabilit(y|ies)|predict_proba|output_probability)$/;
export const LABEL_NAMES = /^(label|predict|output_label)$/;

function readInputs(inputs: readonly Tensor[], known: Known | null): InputTensor[] {
  const specs = (known?.ownCard && known.specs) || null;
  const [first] = inputs;
  if (inputs.length <= 1 && first?.datatype !== 'BYTES') {
    const text = specs?.find(({ kind }) => kind === 'category');
    if (text) throw new Error(`its one input takes numbers, and its feature ${text.name} is a category`);
    return [{ name: first?.name ?? 'features', datatype: first ? datatypeOf(first) : 'FP64', column: null }];
  }
  return inputs.map((input, i) => {
    const datatype = datatypeOf(input);
    const { name, shape } = input;
    if (datatype === 'BYTES' && shape.length > 1 && Number(shape.at(-1)) > 1)
      throw new Error(`its input ${name} has data type BYTES and several columns: must have one`);
    const spec = specs && featureOfInput(name, specs);
    const column = spec ? (specs?.indexOf(spec) as number) : specs ? -1 : i;
    if (column < 0 || (specs && specs.length !== inputs.length))
      throw new Error(
        `its inputs (${inputs.map((one) => one.name).join(', ')}) are not the features (${specs?.map((one) => one.name).join(', ')})`,
      );
    if (spec?.kind === 'category' && datatype !== 'BYTES')
      throw new Error(`its input ${name} has data type ${datatype}, and its feature ${spec.name} is a category`);
    return { name, datatype, column };
  });
}

function datatypeOf({ name, datatype }: Tensor): InputTensor['datatype'] {
  if (datatype === 'FP64' || datatype === 'FP32' || datatype === 'BYTES') return datatype;
  throw new Error(`its input ${name} has data type ${datatype}: must be FP64, FP32 or BYTES`);
}

/** A server without a model card that trained on classes such as 1 and 2 returns these, not 0 and 1. */
function areNumbersButIndices(classNames: readonly string[] | null): boolean {
  if (!classNames?.every((name) => /^-?\d+$/.test(name))) return false;
  return classNames.some((name, i) => Number(name) !== i);
}

function tensors(value: unknown): Tensor[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (tensor) =>
      typeof tensor?.name === 'string' && typeof tensor?.datatype === 'string' && Array.isArray(tensor?.shape),
  );
}

const positive = (size: unknown) => (typeof size === 'number' && size > 0 ? size : undefined);

/** The request format of one version's server, read from its Open Inference metadata. */
export type Signature = {
  input: string;
  datatype: 'FP64' | 'FP32';
  /** Numbers per row. */
  features: number;
  classes: number;
  /** Names of the output tensors; null if the server has none of that kind. */
  label: string | null;
  probability: string | null;
  /** The server reads and writes binary tensors. */
  binary: boolean;
  /** In class order; null while no version's model card names them. */
  classNames: readonly string[] | null;
  /** Its labels are the classes themselves, such as scikit-learn's, not their indices. */
  labelsAreNames: boolean;
  /** How it comes from probabilities to a label, as its model card declares. */
  decision: 'argmax' | 'threshold';
};

/** What is known of a model from its own card, or else from the other versions. */
export type Known = {
  features: number;
  classes: number;
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
  const input = tensors(model.inputs)[0];
  const outputs = tensors(model.outputs);
  const probability =
    outputs.find(({ name }) => /^(probabilit(y|ies)|predict_proba|output_probability)$/.test(name)) ??
    outputs.find(({ datatype, shape }) => datatype.startsWith('FP') && shape.length === 2);
  const label =
    outputs.find(({ name }) => /^(label|predict|output_label)$/.test(name)) ??
    outputs.find(({ datatype }) => /^U?INT/.test(datatype));

  const datatype = input?.datatype ?? 'FP64';
  if (datatype !== 'FP64' && datatype !== 'FP32')
    throw new Error(`its input has data type ${datatype}: must be FP64 or FP32`);
  const features = positive(input?.shape.at(-1)) ?? known?.features;
  const classes = positive(probability?.shape.at(-1)) ?? known?.classes;
  if (!features || !classes) throw new Error('its metadata lacks the number of features or classes');
  return {
    input: input?.name ?? 'features',
    datatype,
    features,
    classes,
    label: label?.name ?? null,
    probability: probability?.name ?? null,
    binary: Array.isArray(server.extensions) && server.extensions.some((name) => /^binary_tensor_data/.test(name)),
    classNames: known?.classNames ?? null,
    labelsAreNames: known !== null && !known.ownCard && areNumbersButIndices(known.classNames),
    decision: known?.decision ?? 'argmax',
  };
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

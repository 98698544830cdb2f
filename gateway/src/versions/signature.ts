/** How the server of one version wants to be asked, read from its Open Inference metadata. */
export type Signature = {
  input: string;
  datatype: 'FP64' | 'FP32';
  /** Numbers in one row. */
  features: number;
  classes: number;
  /** Names of the output tensors; null when the server has none of that kind. */
  label: string | null;
  probability: string | null;
  /** The server takes and gives binary tensors. */
  binary: boolean;
};

type Tensor = { name: string; datatype: string; shape: number[] };

/** What the metadata of a model leaves unsaid is taken from the other versions (`known`), or null when nobody knows. */
export function readSignature(
  server: { extensions?: unknown },
  model: { inputs?: unknown; outputs?: unknown },
  known: { features: number; classes: number } | null,
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
    throw new Error(`its input has data type ${datatype}: FP64 and FP32 are supported`);
  const features = positive(input?.shape.at(-1)) ?? known?.features;
  const classes = positive(probability?.shape.at(-1)) ?? known?.classes;
  if (!features || !classes) throw new Error('its metadata gives neither the number of features nor that of classes');
  return {
    input: input?.name ?? 'features',
    datatype,
    features,
    classes,
    label: label?.name ?? null,
    probability: probability?.name ?? null,
    binary: Array.isArray(server.extensions) && server.extensions.some((name) => /^binary_tensor_data/.test(name)),
  };
}

function tensors(value: unknown): Tensor[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (tensor) =>
      typeof tensor?.name === 'string' && typeof tensor?.datatype === 'string' && Array.isArray(tensor?.shape),
  );
}

const positive = (size: unknown) => (typeof size === 'number' && size > 0 ? size : undefined);

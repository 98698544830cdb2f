import type { ModelCard } from '@coppice/contract';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { InputBinding } from './feed-inputs.ts';
import type { InputSpec } from './model.ts';
import { ArtifactError, CARD_FILE } from './read-artifact.ts';

type Metadata = InferenceSession.TensorValueMetadata;
type Feature = ModelCard['features'][number];

/**
 * Which features of the card the inputs of an ONNX file take: one `[-1, F]` FP64 or FP32 all of them, or one `[-1, 1]` or
 * `[-1]` each, named as the feature, as its header, or `<name> (feature)`. With it, how the Open Inference Protocol
 * announces them: numbers as FP64, or FP32, text as BYTES. Throws `ArtifactError` that says what to do.
 */
export function bindInputs(
  inputs: readonly InferenceSession.ValueMetadata[],
  { features }: Pick<ModelCard, 'features'>,
): { bindings: InputBinding[]; inputs: InputSpec[] } {
  const tensors = inputs.map(mustBeTensor);
  const [first] = tensors;
  const bindings =
    first && tensors.length === 1 && (isWhole(first, features.length) || columnOf(first, features) === -1)
      ? [wholeBinding(first, features)]
      : columnBindings(tensors, features);
  return {
    bindings,
    inputs: bindings.map(({ name, type, column, rank }) => ({
      name,
      datatype: type === 'string' ? 'BYTES' : type === 'float32' ? 'FP32' : 'FP64',
      shape: rank === 1 ? [-1] : [-1, column === null ? features.length : 1],
    })),
  };
}

function mustBeTensor(metadata: InferenceSession.ValueMetadata): Metadata {
  if (metadata.isTensor) return metadata;
  throw new ArtifactError(`the ONNX input ${metadata.name} is not a tensor: the model server has no form for it`);
}

const isFloating = ({ type }: Metadata) => type === 'float64' || type === 'float32';

function isWhole(input: Metadata, width: number): boolean {
  const [rows, columns, ...more] = sizes(input);
  return isFloating(input) && rows === -1 && (columns === width || columns === -1) && more.length === 0;
}

function wholeBinding(input: Metadata, features: readonly Feature[]): InputBinding {
  const width = features.length;
  if (!isWhole(input, width))
    throw new ArtifactError(
      `the ONNX input ${described(input)}: must be FP64 or FP32 [-1,${width}], or one input [-1,1] for each feature of ${CARD_FILE}, under its name (${list(features)})`,
    );
  const category = features.find(({ kind }) => kind === 'category');
  if (category)
    throw new ArtifactError(
      `the ONNX input ${described(input)} and has no form for ${category.name}, a category of ${CARD_FILE}: convert with one input for each column (StringTensorType for text)`,
    );
  return { name: input.name, type: input.type as 'float64', column: null, rank: 2 };
}

function columnBindings(inputs: readonly Metadata[], features: readonly Feature[]): InputBinding[] {
  const bindings = inputs.map((input) => {
    const column = columnOf(input, features);
    const feature = features[column];
    if (!feature)
      throw new ArtifactError(
        `the ONNX input ${input.name} is no feature of ${CARD_FILE} (${list(features)}): describe the column there, or convert without it`,
      );
    return columnBinding(input, column, feature);
  });
  for (const [column, { name }] of features.entries()) {
    const found = bindings.filter((binding) => binding.column === column);
    if (found.length > 1)
      throw new ArtifactError(
        `the ONNX inputs ${found.map((binding) => binding.name).join(' and ')} are both ${name} of ${CARD_FILE}: rename one`,
      );
    if (found.length === 0)
      throw new ArtifactError(
        `the ONNX file has no input for ${name} of ${CARD_FILE}: remove the feature from the card, or convert with it; the inputs are ${list(inputs)}`,
      );
  }
  return bindings;
}

function columnBinding(input: Metadata, column: number, { name, kind }: Feature): InputBinding {
  const shape = sizes(input);
  if (shape[0] !== -1 || shape.length > 2 || (shape.length === 2 && shape[1] !== 1 && shape[1] !== -1))
    throw new ArtifactError(`the ONNX input ${described(input)}: must be [-1,1] or [-1], one value for each row`);
  const allowed = typesOf[kind];
  if (!allowed.includes(input.type))
    throw new ArtifactError(
      `the ONNX input ${described(input)}: ${name} is a ${kind} in ${CARD_FILE}, whose input must be ${allowed.map((type) => typeNames[type]).join(', ')}: ${remedyOf(input, kind)}`,
    );
  return { name: input.name, type: input.type as InputBinding['type'], column, rank: shape.length };
}

const numbers: readonly Tensor.Type[] = ['float64', 'float32', 'int64'];
const typesOf: Record<Feature['kind'], readonly Tensor.Type[]> = {
  number: numbers,
  boolean: ['bool', ...numbers],
  date: numbers,
  category: ['string'],
};

const remedyOf = ({ type }: Metadata, kind: Feature['kind']) =>
  type === 'string'
    ? 'make it a category in the card, or convert it with DoubleTensorType'
    : kind === 'category'
      ? 'make it a number in the card, or train on text and convert it with StringTensorType'
      : 'convert it with another type';

/** The feature that an input takes, by its name before all else; -1 for none. */
function columnOf({ name }: Metadata, features: readonly Feature[]): number {
  const named = features.findIndex((feature) => feature.name === name);
  if (named !== -1) return named;
  return features.findIndex((feature) => feature.header === name || `${feature.name} (feature)` === name);
}

const typeNames: Partial<Record<Tensor.Type, string>> = {
  float64: 'FP64',
  float32: 'FP32',
  int64: 'INT64',
  bool: 'BOOL',
  string: 'STRING',
};

const sizes = ({ shape }: Metadata) => shape.map((size) => (typeof size === 'number' ? size : -1));
const described = (input: Metadata) =>
  `${input.name} is ${typeNames[input.type] ?? input.type} ${JSON.stringify(sizes(input))}`;
const list = (named: readonly { name: string }[]) =>
  named
    .map(({ name }) => name)
    .join(', ')
    .slice(0, 200);

import '@coppice/serverkit/no-telemetry';
import type { ModelCard } from '@coppice/contract';
import type { Datatype } from '@coppice/serverkit/open-inference';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Model, OutputTensor, TensorSpec } from './model.ts';
import { ArtifactError } from './read-artifact.ts';

type Metadata = InferenceSession.ValueMetadata;

/**
 * Loads an ONNX classifier: one FP64 or FP32 input `[-1, F]`; among the outputs one INT64 `[-1]` (class index) and one
 * FP64 or FP32 `[-1, C]` (vote shares), under whatever names the file gives them. Runs one row as a test. Throws
 * `ArtifactError` for an ONNX file that cannot be served.
 */
export async function loadModel(card: ModelCard, onnx: Uint8Array): Promise<Model> {
  const session = await createSession(onnx);
  const input = inputSpec(session.inputMetadata, card.features.length);
  const outputs = session.outputMetadata.map(toSpec);
  const model: Model = {
    card,
    input,
    outputs,
    labelName: find(outputs, 'an INT64 output [-1] with the class index', isLabel).name,
    probabilityName: find(
      outputs,
      `an FP64 or FP32 output [-1,${card.classes.length}] with the share of each class`,
      (spec) => isProbability(spec, card.classes.length),
    ).name,
    infer: (features, rows, names) => run(session, input, outputs, features, rows, names),
  };
  await tryOneRow(model);
  return model;
}

async function createSession(onnx: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(onnx, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // the arena and the pattern cache keep memory for the largest batch forever, and a forest allocates almost nothing
      enableCpuMemArena: false,
      enableMemPattern: false,
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw new ArtifactError(`the ONNX file cannot be loaded: ${oneLine(cause)}`, { cause });
  }
}

async function run(
  session: InferenceSession,
  input: TensorSpec,
  outputs: TensorSpec[],
  features: Float64Array,
  rows: number,
  names: readonly string[],
): Promise<OutputTensor[]> {
  const dims = [rows, features.length / rows];
  const tensor =
    input.datatype === 'FP64'
      ? new Tensor('float64', features, dims)
      : new Tensor('float32', new Float32Array(features), dims);
  const results = await session.run({ [input.name]: tensor }, names);
  return names.map((name) => {
    const { dims, data } = results[name] as Tensor;
    const { datatype } = outputs.find((spec) => spec.name === name) as TensorSpec;
    return { name, datatype, shape: dims, data: data as OutputTensor['data'] };
  });
}

async function tryOneRow(model: Model): Promise<void> {
  const { card, labelName, probabilityName } = model;
  const row = Float64Array.from(card.features, (feature) => feature.mean);
  let found: number[][];
  try {
    const results = await model.infer(row, 1, [labelName, probabilityName]);
    found = results.map((tensor) => [...tensor.shape]);
  } catch (cause) {
    throw new ArtifactError(`the ONNX file does not run: ${oneLine(cause)}`, { cause });
  }
  const expected = [[1], [1, card.classes.length]];
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new ArtifactError(`the ONNX file answers one row with shapes ${text(found)} instead of ${text(expected)}`);
}

function inputSpec(inputs: readonly Metadata[], width: number): TensorSpec {
  const [first, ...others] = inputs.map(toSpec);
  if (!first || others.length > 0)
    throw new ArtifactError(`the ONNX file has ${inputs.length} inputs: it must have one, [-1,${width}]`);
  const [rows, columns, ...more] = first.shape;
  const floating = first.datatype === 'FP64' || first.datatype === 'FP32';
  if (!floating || rows !== -1 || (columns !== width && columns !== -1) || more.length > 0)
    throw new ArtifactError(
      `the ONNX input ${first.name} is ${first.datatype} ${text(first.shape)}: must be FP64 or FP32 [-1,${width}]`,
    );
  return { ...first, shape: [-1, width] };
}

const isLabel = ({ datatype, shape }: TensorSpec) => datatype === 'INT64' && shape.length === 1;
const isProbability = ({ datatype, shape }: TensorSpec, classes: number) =>
  (datatype === 'FP64' || datatype === 'FP32') && shape.length === 2 && (shape[1] === classes || shape[1] === -1);

function find(outputs: TensorSpec[], what: string, matches: (spec: TensorSpec) => boolean): TensorSpec {
  const found = outputs.filter(matches);
  if (found.length === 1 && found[0]) return found[0];
  const had = outputs.map((spec) => `${spec.name} ${spec.datatype} ${text(spec.shape)}`).join(', ');
  throw new ArtifactError(`the ONNX file must have exactly ${what}; it has ${had}`);
}

function toSpec(metadata: Metadata): TensorSpec {
  if (!metadata.isTensor)
    throw new ArtifactError(
      `${metadata.name} of the ONNX file is not a tensor (scikit-learn: convert with zipmap off)`,
    );
  const datatype = onnxTypes[metadata.type];
  if (!datatype)
    throw new ArtifactError(`${metadata.name} of the ONNX file has type ${metadata.type}: must be numeric`);
  return { name: metadata.name, datatype, shape: metadata.shape.map((size) => (typeof size === 'number' ? size : -1)) };
}

const onnxTypes: Partial<Record<Tensor.Type, Datatype>> = { float64: 'FP64', float32: 'FP32', int64: 'INT64' };

const text = (shape: unknown) => JSON.stringify(shape);
const oneLine = (thrown: unknown) =>
  String((thrown as Error)?.message ?? thrown)
    .replace(/\s+/g, ' ')
    .slice(0, 300);

import '@coppice/serverkit/no-telemetry';
import type { ModelCard } from '@coppice/contract';
import { rowSchema, specOf } from '@coppice/serverkit';
import { checkPredictions, type Datatype, PredictionFault } from '@coppice/serverkit/open-inference';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Model, OutputTensor, TensorSpec } from './model.ts';
import { ArtifactError, CARD_FILE } from './read-artifact.ts';

type Metadata = InferenceSession.ValueMetadata;

/**
 * Loads an ONNX classifier: one FP64 or FP32 input `[-1, F]`; among the outputs one `[-1]` of INT64 (class index) or of
 * text (the class's name, served as its index) and one FP64 or FP32 `[-1, C]` (probabilities), under whatever names the
 * file gives them. Runs the card's rows as a test. Throws `ArtifactError` for an ONNX file that cannot be served.
 */
export async function loadModel(card: ModelCard, onnx: Uint8Array): Promise<Model> {
  const session = await createSession(onnx);
  const input = inputSpec(session.inputMetadata, card.features.length);
  const outputs = session.outputMetadata.map(outputSpec);
  const labelName = find(outputs, 'an INT64 output [-1] with the class index', isLabel).name;
  const probabilityName = find(
    outputs,
    `an FP64 or FP32 output [-1,${card.classes.length}] with the share of each class`,
    (spec) => isProbability(spec, card.classes.length),
  ).name;
  const running = new Set<Promise<unknown>>();
  const { decision } = card;
  const classModel = { classes: card.classes.length, classNames: card.classes.map(({ name }) => name), decision };
  const model: Model = {
    card,
    schema: rowSchema(card.features.map(specOf)),
    input,
    outputs,
    labelName,
    probabilityName,
    async infer(features, rows, names) {
      const work = run(session, card, model, features, rows, names);
      running.add(work);
      const tensors = await work.finally(() => running.delete(work));
      const [labels, shares] = [labelName, probabilityName].map((name) => tensors[names.indexOf(name)]);
      if (labels && shares) checkPredictions(classModel, rows, labels.data, shares.data);
      return tensors;
    },
    async close() {
      await Promise.allSettled(running);
      await session.release();
    },
  };
  await tryRows(model);
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
  { classes }: ModelCard,
  { input, outputs }: Model,
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
    const { type, dims, data } = results[name] as Tensor;
    const { datatype } = outputs.find((spec) => spec.name === name) as TensorSpec;
    return {
      name,
      datatype,
      shape: dims,
      data: type === 'string' ? toIndices(data as string[], classes) : (data as OutputTensor['data']),
    };
  });
}

function toIndices(names: readonly string[], classes: ModelCard['classes']): BigInt64Array {
  return BigInt64Array.from(names, (name) => {
    const index = classes.findIndex((candidate) => candidate.name === name);
    if (index === -1)
      throw new PredictionFault(
        `label ${JSON.stringify(name)}, which is no class of ${CARD_FILE}: must be one of ${classes.map((each) => each.name).join(', ')}`,
      );
    return BigInt(index);
  });
}

/** Infers the card's rows, which the model was trained on: what it answers there must be predictions. */
async function tryRows(model: Model): Promise<void> {
  const { card, labelName, probabilityName } = model;
  const width = card.features.length;
  const wrong = card.rows.findIndex(({ features }) => features.length !== width);
  if (wrong !== -1)
    throw new ArtifactError(
      `${CARD_FILE}: rows.${wrong}.features has ${card.rows[wrong]?.features.length} numbers: must have ${width}`,
    );
  const rows = card.rows.length;
  const features = Float64Array.from(card.rows.flatMap((row) => row.features as number[]));
  try {
    await model.infer(features, rows, [labelName, probabilityName]);
  } catch (cause) {
    throw new ArtifactError(
      cause instanceof PredictionFault
        ? `the ONNX file’s answers to the rows of ${CARD_FILE} are not predictions: ${oneLine(cause)}`
        : `the ONNX file does not run: ${oneLine(cause)}`,
      { cause },
    );
  }
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

/** Texts are served as class indices. The first size is the batch's, whatever the file says (LightGBM's converter: 1). */
function outputSpec(metadata: Metadata): TensorSpec {
  const { name, datatype, shape } = toSpec(
    metadata.isTensor && metadata.type === 'string' ? { ...metadata, type: 'int64' } : metadata,
  );
  return { name, datatype, shape: shape.map((size, axis) => (axis === 0 ? -1 : size)) };
}

function toSpec(metadata: Metadata): TensorSpec {
  if (!metadata.isTensor)
    throw new ArtifactError(
      `${metadata.name} of the ONNX file is not a tensor (convert with zipmap off: options={'zipmap': False}, LightGBM: zipmap=False)`,
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

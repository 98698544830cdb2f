import '@coppice/serverkit/no-telemetry';
import type { FeatureValue, ModelCard } from '@coppice/contract';
import { allowedValues, type FeatureSpec, rowSchema, specOf, typedValue } from '@coppice/serverkit';
import { checkPredictions, type Datatype, PredictionFault } from '@coppice/serverkit/open-inference';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { bindInputs } from './bind-inputs.ts';
import { createSession, oneLine } from './create-session.ts';
import { feedInputs } from './feed-inputs.ts';
import type { Model, OutputTensor, TensorSpec } from './model.ts';
import { ArtifactError, CARD_FILE } from './read-artifact.ts';

type Metadata = InferenceSession.ValueMetadata;

/**
 * Loads an ONNX classifier: one FP64 or FP32 input `[-1, F]`, or one input for each feature (`bindInputs`); among the outputs
 * one `[-1]` of INT64 (class index) or of text (the class's name, served as its index) and one FP64 or FP32 `[-1, C]`
 * (probabilities), under whatever names the file gives them. Runs the card's rows as a test. Throws `ArtifactError` for an
 * ONNX file that cannot be served.
 */
export async function loadModel(card: ModelCard, onnx: Uint8Array): Promise<Model> {
  const session = await createSession(onnx);
  const { bindings, inputs } = bindInputs(session.inputMetadata, card);
  const outputs = session.outputMetadata.map(outputSpec);
  const labelName = find(outputs, 'an INT64 output [-1] with the class index', isLabel).name;
  const probabilityName = find(
    outputs,
    `an FP64 or FP32 output [-1,${card.classes.length}] with the share of each class`,
    (spec) => isProbability(spec, card.classes.length),
  ).name;
  let running = 0;
  let idle: (() => void) | null = null;
  const { decision } = card;
  const schema = rowSchema(card.features.map(specOf));
  const classModel = { classes: card.classes.length, classNames: card.classes.map(({ name }) => name), decision };
  const model: Model = {
    card,
    schema,
    inputs,
    outputs,
    labelName,
    probabilityName,
    async infer(features, rows, names) {
      const feeds = feedInputs(bindings, schema.specs, features, rows);
      running++;
      const results = await session.run(feeds, names).finally(() => {
        running--;
        if (running === 0) idle?.();
      });
      const tensors = names.map((name) => toOutput(results[name] as Tensor, name, model));
      const [labels, shares] = [labelName, probabilityName].map((name) => tensors[names.indexOf(name)]);
      if (labels && shares) checkPredictions(classModel, rows, labels.data, shares.data);
      return tensors;
    },
    async close() {
      if (running > 0) await new Promise<void>((resolve) => (idle = resolve));
      await session.release();
    },
  };
  await tryRows(model);
  return model;
}

function toOutput({ type, dims, data }: Tensor, name: string, { outputs, card }: Model): OutputTensor {
  const { datatype } = outputs.find((spec) => spec.name === name) as TensorSpec;
  return {
    name,
    datatype,
    shape: dims,
    data: type === 'string' ? toIndices(data as string[], card.classes) : (data as OutputTensor['data']),
  };
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
  const { card, schema, labelName, probabilityName } = model;
  const features = card.rows.flatMap((row, index) => typedRow(row.features, schema.specs, `rows.${index}.features`));
  const rows = card.rows.length;
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

function typedRow(values: readonly FeatureValue[], specs: readonly FeatureSpec[], at: string): FeatureValue[] {
  if (values.length !== specs.length)
    throw new ArtifactError(`${CARD_FILE}: ${at} has ${values.length} values: must have ${specs.length}`);
  return specs.map((spec, column) => {
    const value = typedValue(spec, values[column]);
    if (value !== undefined) return value;
    const found = JSON.stringify(values[column]);
    throw new ArtifactError(
      `${CARD_FILE}: ${at}.${column} (${spec.name}) is ${found}: must be ${allowedValues(spec)}`.slice(0, 600),
    );
  });
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

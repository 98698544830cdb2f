import type { FeatureValue, ModelCard } from '@coppice/contract';
import { bindInputs } from '@coppice/models/model/bind-inputs';
import { createSession } from '@coppice/models/model/create-session';
import { loadModel } from '@coppice/models/model/load-model';
import { ArtifactError } from '@coppice/models/model/read-artifact';
import { rowSchema, specOf } from '@coppice/serverkit';
import { PredictionFault } from '@coppice/serverkit/open-inference';
import { describeData } from '@coppice/trainer/card/describe-data';
import { evaluate } from '@coppice/trainer/evaluate';
import { cellValue } from '@coppice/trainer/table/cell-value';
import { type Answers, answersOf } from './answers-of.ts';
import { refuseWrongOrder } from './beyond-chance.ts';
import { type ClassesOf, classOrder, indicesOf } from './class-order.ts';
import { type Answered, findAnswers } from './find-answers.ts';
import { importCard } from './import-card.ts';
import { importNotices } from './import-notices.ts';
import { ImportRefusedError } from './import-refused.ts';
import { withIndexLabels, withoutOutputs } from './index-labels.ts';
import { labelsOfColumns } from './labels-of-columns.ts';
import { loadRemedy } from './load-remedy.ts';
import { type OnnxFile, readOnnx } from './onnx-file.ts';
import { ownLabels } from './own-labels.ts';
import { rawAnswers } from './raw-answers.ts';
import { readSample, type SampleChoice } from './read-sample.ts';
import { BrokenMessageError } from './wire-fields.ts';
import { withoutZipMap } from './without-zip-map.ts';

export type Imported = {
  card: ModelCard;
  onnx: Uint8Array;
  /** All rows of the sample, in the card's order of features, with the index of each row's class. */
  rows: readonly (readonly FeatureValue[])[];
  actual: readonly number[];
  answers: Answers;
  /** Asks the model as it is served. */
  infer: (rows: readonly (readonly FeatureValue[])[]) => Promise<Answers>;
  close: () => Promise<void>;
  /** What was decided, one line each. */
  notices: string[];
};

type Given = SampleChoice & {
  name: string;
  /** The model's file, for messages and the card. */
  modelFile: string;
  /** Order of the probabilities' classes, where the model does not state it. */
  classes: readonly string[] | undefined;
  now?: () => Date;
};

const SEED = 1;

/**
 * Makes of an ONNX classifier and a sample of its data what a release needs: the model as the server takes it, and its card. All
 * rows of the sample are answered on the way. Throws `ImportRefusedError` or `DataError` with the reason and the remedy.
 */
export async function importModel(model: Uint8Array, data: Buffer, given: Given): Promise<Imported> {
  const { file, flat } = whole(given.modelFile, () => {
    const file = readOnnx(model);
    return { file, flat: withoutZipMap(model, file) };
  });
  refuseExternal(file, given.modelFile);
  const asked = await askRaw(flat ?? model, data, given);
  const { table, answered, notices } = asked;
  const { labels, shares } = answered;
  if (shares.classes !== table.target.classes.length)
    throw new ImportRefusedError(
      `the model has ${shares.classes} classes, and the sample ${table.target.classes.length} (${table.target.classes.join(', ')}): give a sample with rows of every class, and no others`,
    );
  const columns = labels && labelsOfColumns(labels.values, shares, ownLabels(file, shares.classes));
  const order = classOrder({
    ...{ sample: table.target.classes, labels: columns?.labels ?? null, given: given.classes },
    isText: labels?.isText ?? false,
  });
  const onnx = whole(given.modelFile, () => asServed(flat ?? model, asked.outputs, answered, order));
  const actual = Array.from(indicesOf(table, order));
  const card = importCard({
    ...{
      name: given.name,
      modelFile: given.modelFile,
      dataFile: given.file,
      model,
      onnx,
      data,
      file,
      table,
      order,
      actual,
    },
    ...{ isThreshold: columns?.isThreshold ?? false, createdAt: given.now?.() ?? new Date() },
  });
  const served = await refusing(() => loadModel(card, onnx));
  try {
    const infer = (rows: readonly (readonly FeatureValue[])[]) => refusing(() => answersOf(served, rows));
    const answers = await infer(asked.rows);
    card.metrics = evaluate(order.names, actual, answers.answered);
    refuseWrongOrder(order, card.metrics);
    return {
      ...{ card, onnx, rows: asked.rows, actual, answers, infer },
      close: () => served.close(),
      notices: [
        ...notices,
        ...importNotices(card, order, { zipMap: flat !== null, outputs: onnx !== (flat ?? model) }),
      ],
    };
  } catch (error) {
    await served.close();
    throw error;
  }
}

/** What is read or made of the file's bytes. */
function whole<T>(title: string, of: () => T): T {
  try {
    return of();
  } catch (cause) {
    if (!(cause instanceof BrokenMessageError)) throw cause;
    throw new ImportRefusedError(
      `${title} is no ONNX file, or a broken one (${cause.message}): export it again, and copy it whole`,
      { cause },
    );
  }
}

function refuseExternal({ external: [tensor] }: OnnxFile, title: string): void {
  if (tensor === undefined) return;
  throw new ImportRefusedError(
    `${title} keeps the numbers of ${tensor} in another file: save it as one (onnx.save_model(model, path, save_as_external_data=False))`,
  );
}

/** The file's own answers to all rows of the sample. */
async function askRaw(onnx: Uint8Array, data: Buffer, given: SampleChoice) {
  const session = await refusing(() => createSession(onnx));
  try {
    const { table, notices } = readSample(data, session.inputMetadata, given);
    const list = session.outputMetadata.find(({ isTensor }) => !isTensor);
    if (list)
      throw new ImportRefusedError(
        `the model’s output ${list.name} is no tensor: convert it with options={"zipmap": False} (LightGBM: zipmap=False)`,
      );
    const everyRow = Array.from(table.lines.keys());
    const { features } = describeData(table, everyRow, SEED);
    const { bindings } = await refusing(async () => bindInputs(session.inputMetadata, { features }));
    const rows = everyRow.map((row) => table.columns.map((column) => cellValue(column, row)));
    const outputs = await rawAnswers(session, bindings, rowSchema(features.map(specOf)).specs, rows);
    return {
      ...{ table, notices, rows, answered: findAnswers(outputs, rows.length) },
      outputs: outputs.map(({ name }) => name),
    };
  } finally {
    await session.release();
  }
}

function asServed(
  onnx: Uint8Array,
  outputs: readonly string[],
  { labels, shares }: Answered,
  order: ClassesOf,
): Uint8Array {
  const isServed = labels?.isPlain && (labels.isText || order.labels?.every((label, i) => label === String(i)));
  if (isServed)
    return withoutOutputs(
      onnx,
      outputs.filter((name) => name !== labels.output && name !== shares.output),
    );
  return withIndexLabels(onnx, {
    ...{ all: outputs, label: labels?.output ?? null, share: shares.output, labels: order.labels },
  });
}

/** The model server's reasons are those of an import, with a remedy. */
async function refusing<T>(of: () => Promise<T>): Promise<T> {
  try {
    return await of();
  } catch (cause) {
    if (!(cause instanceof ArtifactError || cause instanceof PredictionFault)) throw cause;
    throw new ImportRefusedError(loadRemedy(cause.message), { cause });
  }
}

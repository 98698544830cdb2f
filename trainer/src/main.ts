import { basename, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { type Costs, readCosts } from '@coppice/evaluation/read-costs';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { printable, printableLines } from '@coppice/serverkit/printable';
import { libraryVersions, sourceCommit } from './artifacts/libraries.ts';
import { otherModel } from './artifacts/other-model.ts';
import { prepareOutput, publishArtifacts } from './artifacts/publish.ts';
import { isUpToDate, type Source } from './artifacts/up-to-date.ts';
import { defaultLeaves } from './default-leaves.ts';
import type { Leaves } from './forest/forest-trees.ts';
import { type Data, loadData } from './load-data.ts';
import { describeTable } from './look/describe-table.ts';
import { findWarnings } from './look/find-warnings.ts';
import { helpText, nameOf, type Options, readOptions } from './options.ts';
import { isPrepared, readPrepared } from './read-prepared.ts';
import { parametersOf } from './recipe.ts';
import { reportAccuracy } from './report-accuracy.ts';
import { count } from './table/count.ts';
import { DataError } from './table/data-error.ts';
import { refuseUntrainable } from './table/refuse-untrainable.ts';
import { writePrepared } from './write-prepared.ts';

const log = process.stderr;

/** A wide table shows its first columns before training; --describe shows all. */
const columnsBeforeTraining = 30;

// V8 keeps its heaps small, here and in each worker: that saves 70 MB for a tenth more processor time. As flags of Node they
// would hold only where each caller passes them
for (const flag of ['--semi-space-growth-factor=1', '--heap-growing-percent=20', '--optimize-for-size'])
  setFlagsFromString(flag);

try {
  await main();
} catch (error) {
  log.write(
    error instanceof DataError || error instanceof StoreUnavailableError
      ? `${printable(error.message)}\n`
      : `training failed: ${printableLines(String((error as Error).stack))}\n`,
  );
  process.exitCode = 1;
}

async function main(): Promise<void> {
  // npm starts scripts in the package's folder; INIT_CWD is the user's
  const options = readOptions(process.argv.slice(2), process.env, process.env.INIT_CWD ?? process.cwd());
  if (options.help) {
    process.stdout.write(helpText);
    return;
  }
  const data = isPrepared(options) ? readPrepared(options) : undefined;
  const name = nameOf(options, data?.file ?? basename(options.data));
  const other = options.keepOthers && otherModel(options.out, name);
  if (other) {
    const what = other.name === name ? `${name}, a ${other.algorithm}` : `the model ${other.name}`;
    log.write(`${printable(`${options.out} holds ${what}: left unchanged, ${name} is not trained`)}\n`);
    await settle(options, other.name);
    return;
  }
  await prepareOrTrain(options, name, data ?? loadData(options));
}

async function prepareOrTrain(options: Options, name: string, data: Data): Promise<void> {
  if (options.describe) {
    writeLines(process.stdout, [...describe(data), verdictOf(data)]);
    return;
  }
  refuseUntrainable(data.table);
  const costs = costsOf(options, data);
  if (options.prepare !== undefined) {
    writeLines(log, describe(data, columnsBeforeTraining));
    writePrepared(data, options.prepare);
    const { train, test } = data.split;
    writeLines(log, [
      `${count(train.length, 'row')} to train and ${count(test.length, 'row')} to test → ${options.prepare}`,
    ]);
    return;
  }
  const leaves = options.leaves ?? defaultLeaves(data.preparation, data.table.target.classes.length);
  const sources = sourcesOf(options, name, data, leaves);
  if (!options.force && sources.every((source) => isUpToDate(join(options.out, source.version), source))) {
    log.write(
      `${versionsOf(options)} in ${printable(options.out)}: up to date with ${printable(data.file)}, nothing to train (--force trains anyway)\n`,
    );
    await settle(options, name);
    return;
  }
  prepareOutput(options.out);
  writeLines(log, describe(data, columnsBeforeTraining));
  // onnxruntime and the training libraries take a while to load: a run that is up to date does without
  const { train } = await import('./train.ts');
  const trained = await train({ options, data, leaves, sources, gitCommit: sourceCommit(process.env), log });
  const { reportTraining } = await import('./report-training.ts');
  const warn = (line: string) => writeLines(log, [line]);
  const artifacts = await reportTraining(trained, { options, name, data, costs, warn });
  publishArtifacts(options.out, artifacts);
  for (const { card } of artifacts)
    log.write(`${card.version}: ${printable(reportAccuracy(card))} → ${printable(join(options.out, card.version))}\n`);
  const { registry: place } = options;
  if (place === undefined) return;
  const { publishReleases } = await import('./artifacts/publish-releases.ts');
  // a set-up may train what it trained before, when someone else's training was in between
  writeLines(log, await publishReleases(place, artifacts, { again: options.keepOthers }));
  await send(options, name, artifacts.length);
}

/** What MLflow lacks: the releases of this training, and what earlier ones could not send. */
async function send({ registry, mlflow }: Options, model: string, made = 0): Promise<void> {
  if (registry === undefined || mlflow === null) return;
  const { sendToMlflow } = await import('@coppice/mlflow/send-to-mlflow');
  await sendToMlflow(mlflow, registry.registry, { model, made }, (line) => writeLines(log, [line]));
}

function costsOf({ costs }: Options, { table }: Data): Costs | null {
  try {
    return readCosts(costs, table.target.classes);
  } catch (error) {
    throw new DataError((error as Error).message, { cause: error });
  }
}

/** Nothing was trained. */
async function settle(options: Options, name: string): Promise<void> {
  const { registry, out } = options;
  if (registry === undefined) return;
  const { settleRegistry } = await import('./artifacts/settle-registry.ts');
  writeLines(log, await settleRegistry(registry, out, name));
  await send(options, name);
}

function describe({ table, split }: Data, most?: number): string[] {
  return describeTable(table, findWarnings(table, split), most);
}

/** Whether the table would train, for who only looks at it. */
function verdictOf({ table }: Data): string {
  try {
    refuseUntrainable(table);
    return 'trains as it is';
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return `does not train: ${error.message}`;
  }
}

function writeLines(stream: NodeJS.WriteStream, lines: readonly string[]): void {
  stream.write(lines.map((line) => `${printable(line)}\n`).join(''));
}

function sourcesOf({ forests }: Options, name: string, data: Data, leaves: Leaves): Source[] {
  const { seed, sha256, table, parameters } = data;
  const libraries = libraryVersions();
  return forests.map((spec) => ({
    name,
    version: spec.version,
    parameters: parametersOf(spec, { seed, leaves, data: parameters }),
    libraries,
    data: { sha256, target: table.target.name },
  }));
}

function versionsOf({ forests }: Options): string {
  return forests.map(({ version }) => version).join(', ');
}

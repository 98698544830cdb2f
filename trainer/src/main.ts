import { basename, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { printable, printableLines } from '@coppice/serverkit/printable';
import { libraryVersions, sourceCommit } from './artifacts/libraries.ts';
import { otherModel } from './artifacts/other-model.ts';
import { prepareOutput, publishArtifacts } from './artifacts/publish.ts';
import { sha256 } from './artifacts/sha256.ts';
import { isUpToDate, type Source } from './artifacts/up-to-date.ts';
import { readCsv } from './csv/read-csv.ts';
import { readDataFile } from './csv/read-data-file.ts';
import { describeTable } from './look/describe-table.ts';
import { findWarnings } from './look/find-warnings.ts';
import { helpText, type Options, readOptions } from './options.ts';
import { parametersOf, testShare } from './recipe.ts';
import { reportAccuracy } from './report-accuracy.ts';
import { selectRows } from './sampling/select-rows.ts';
import { stratifiedSplit } from './sampling/split.ts';
import { count } from './table/count.ts';
import { DataError } from './table/data-error.ts';
import type { Table } from './table/table.ts';
import { toTrainingSet } from './table/to-training-set.ts';
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
    error instanceof DataError
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
  const other = options.keepOthers && otherModel(options.out, options.name);
  if (other) {
    log.write(
      `${printable(`${options.out} holds the model ${other}: left unchanged, ${options.name} is not trained`)}\n`,
    );
    return;
  }
  const bytes = readDataFile(options.data, options.dataTitle);
  const table = selectRows(readCsv(bytes, { ...options, file: options.dataTitle }), options.selection);
  if (options.describe) {
    writeLines(process.stdout, [...describe(table, options), ...verdictOf(table)]);
    return;
  }
  const file = basename(options.data);
  if (options.prepare !== undefined) {
    writeLines(log, describe(table, options, columnsBeforeTraining));
    const about = { out: options.prepare, seed: options.seed, file, sha256: sha256(bytes) };
    const { train, test } = writePrepared(table, about);
    writeLines(log, [`${count(train, 'row')} to train and ${count(test, 'row')} to test → ${options.prepare}`]);
    return;
  }
  const set = toTrainingSet(table);
  const sources = sourcesOf(options, bytes, set.target);
  if (!options.force && sources.every((source) => isUpToDate(join(options.out, source.version), source))) {
    log.write(
      `${versionsOf(options)} in ${printable(options.out)}: up to date with ${printable(file)}, nothing to train (--force trains anyway)\n`,
    );
    return;
  }
  prepareOutput(options.out);
  writeLines(log, describe(table, options, columnsBeforeTraining));
  // onnxruntime and the training libraries take a while to load: a run that is up to date does without
  const { train } = await import('./train.ts');
  const artifacts = await train({ options, table, set, sources, file, gitCommit: sourceCommit(process.env), log });
  publishArtifacts(options.out, artifacts);
  for (const { card } of artifacts)
    log.write(`${card.version}: ${printable(reportAccuracy(card))} → ${printable(join(options.out, card.version))}\n`);
}

function describe(table: Table, { seed }: Pick<Options, 'seed'>, most?: number): string[] {
  const split = stratifiedSplit(table.target.labels, { testShare, seed });
  return describeTable(table, findWarnings(table, split), most);
}

/** Whether the table would train, for who only looks at it. */
function verdictOf(table: Table): string[] {
  try {
    toTrainingSet(table);
    return ['trains as it is'];
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return [`does not train: ${error.message}`];
  }
}

function writeLines(stream: NodeJS.WriteStream, lines: readonly string[]): void {
  stream.write(lines.map((line) => `${printable(line)}\n`).join(''));
}

function sourcesOf(options: Options, bytes: Buffer, target: string): Source[] {
  const data = { sha256: sha256(bytes), target };
  const libraries = libraryVersions();
  return options.forests.map((spec) => ({
    name: options.name,
    version: spec.version,
    parameters: parametersOf(spec, options),
    libraries,
    data,
  }));
}

function versionsOf({ forests }: Options): string {
  return forests.map(({ version }) => version).join(', ');
}

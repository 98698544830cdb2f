import { basename, join } from 'node:path';
import { printable, printableLines } from '@coppice/serverkit';
import { libraryVersions, sourceCommit } from './artifacts/libraries.ts';
import { otherModel } from './artifacts/other-model.ts';
import { prepareOutput, publishArtifacts } from './artifacts/publish.ts';
import { sha256 } from './artifacts/sha256.ts';
import { isUpToDate, type Source } from './artifacts/up-to-date.ts';
import { readCsv, readTargetName } from './csv/read-csv.ts';
import { readDataFile } from './csv/read-data-file.ts';
import { helpText, type Options, readOptions } from './options.ts';
import { parametersOf } from './recipe.ts';
import { DataError } from './table/data-error.ts';

const log = process.stderr;

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
  const file = basename(options.data);
  const sources = sourcesOf(options, bytes);
  if (!options.force && sources.every((source) => isUpToDate(join(options.out, source.version), source))) {
    log.write(
      `${versionsOf(options)} in ${printable(options.out)}: up to date with ${printable(file)}, nothing to train (--force trains anyway)\n`,
    );
    return;
  }
  const table = readCsv(bytes, { file: options.dataTitle, target: options.target });
  prepareOutput(options.out);
  // onnxruntime and the training libraries take a while to load: a run that is up to date does without
  const { train } = await import('./train.ts');
  const artifacts = await train({ options, table, sources, file, gitCommit: sourceCommit(process.env), log });
  publishArtifacts(options.out, artifacts);
  for (const { card } of artifacts)
    log.write(
      `${card.version}: accuracy ${card.metrics.accuracy.toFixed(3)}, macro F1 ${card.metrics.f1.toFixed(3)} on ${card.metrics.rows} test rows → ${printable(join(options.out, card.version))}\n`,
    );
}

function sourcesOf(options: Options, bytes: Buffer): Source[] {
  const data = {
    sha256: sha256(bytes),
    target: readTargetName(bytes, { file: options.dataTitle, target: options.target }),
  };
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

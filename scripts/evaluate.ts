import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportFiles } from '@coppice/evaluation/report-files';
import { ArtifactError } from '@coppice/models/model/read-artifact';
import { BrokenReleaseError, UnknownReleaseError } from '@coppice/registry/errors';
import { openRegistry } from '@coppice/registry/open-registry';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { printable, printableLines } from '@coppice/serverkit/printable';
import { DataError } from '@coppice/trainer/table/data-error';
import { parseEvaluateArguments, UsageError } from './evaluate/evaluate-arguments.ts';
import { evaluateRelease } from './evaluate/evaluate-release.ts';
import { evaluateText } from './evaluate/evaluate-text.ts';

const HELP = `What a release is worth on its test rows, in words and as files. The release and its own report stay as they are.

  npm run evaluate -- 7                                 against the champion, on the test rows that release 7 keeps
  npm run evaluate -- 7 --against 4                     against another release
  npm run evaluate -- 7 --cost churn:no=5,no:churn=1    with what wrong answers cost
  npm run evaluate -- 7 --data new.csv --target churn   on other rows, with the columns of its card

  --against N        the release to compare with, on the same rows   (default: the champion)
  --cost A:B=N       what it costs to answer B where A is right; a gain is negative; repeatable, or several with commas
  --data FILE        CSV with the columns of the card and the class, .gz too
  --target COLUMN    the column with the class                        (default: as the card calls it)
  --out FOLDER       for report.html, pictures, CSV and JSON          (default: report-7)
  --registry PLACE   a folder, or s3://bucket/prefix                  (default: REGISTRY_URL, else registry in ARTIFACTS_DIR or artifacts)
  --model NAME       the model's name                                 (default: MODEL_NAME, else iris)
  -h, --help         this text

How it compares is kept in the registry, where the gate reads it.
Exit status: 0 success, 1 not there or not to be evaluated, 2 invalid arguments.`;

const expected = [DataError, ArtifactError, BrokenReleaseError, UnknownReleaseError, StoreUnavailableError];

try {
  // npm starts scripts in the package's folder; INIT_CWD is the user's
  await run(process.env.INIT_CWD ?? process.cwd());
} catch (error) {
  const usage = error instanceof UsageError;
  if (!usage && !expected.some((kind) => error instanceof kind)) throw error;
  console.error(`evaluate: ${printable((error as Error).message)}${usage ? ' (npm run evaluate -- --help)' : ''}`);
  process.exitCode = usage ? 2 : 1;
}

async function run(cwd: string): Promise<void> {
  const wanted = parseEvaluateArguments(process.argv.slice(2), process.env, cwd);
  if (wanted === null) return console.log(HELP);
  const registry = await openRegistry(wanted.registry, wanted.model);
  const evaluated = await evaluateRelease(registry, wanted);
  const { report, comparison } = evaluated;
  const files = await reportFiles(report, comparison);
  write(wanted.out, files);
  if (comparison) await registry.keepComparison(comparison);
  console.log(printableLines(`${evaluateText(evaluated)}\n\n${join(wanted.out, 'report.html')}`));
}

function write(out: string, files: ReadonlyMap<string, Uint8Array>): void {
  try {
    mkdirSync(out, { recursive: true });
    for (const [name, bytes] of files) writeFileSync(join(out, name), bytes);
  } catch (cause) {
    throw new DataError(`${out} cannot be written (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Outbox, readOutbox } from '@coppice/mlflow/outbox';
import { registryPlace } from '@coppice/registry/registry-place';
import type { Place } from './artifacts/publish-releases.ts';
import type { ForestShape } from './forest/forest-options.ts';
import type { Leaves } from './forest/forest-trees.ts';
import type { Selection } from './sampling/select-rows.ts';
import { DataError, quoted } from './table/data-error.ts';
import { KINDS, type Kind } from './table/table.ts';

export type ForestSpec = ForestShape & { version: string };
export type Options = {
  data: string;
  /** The data file as the user wrote it, for messages. */
  dataTitle: string;
  /** A file with the rows to test on, instead of a share of the data's. */
  test: { file: string; title: string } | undefined;
  target: string | undefined;
  header: boolean | undefined;
  drop: string[];
  only: string[] | undefined;
  types: { column: string; kind: Kind }[];
  selection: Selection;
  /** Which of the options above and of `--seed` were given: rows that are prepared already have their own. */
  aboutTable: string[];
  describe: boolean;
  /** A folder for prepared rows, instead of a training. */
  prepare: string | undefined;
  /** None: as the file is called. */
  name: string | undefined;
  out: string;
  forests: ForestSpec[];
  /** None: as suits the table. */
  leaves: Leaves | undefined;
  seed: number;
  workers: number | undefined;
  /** Of wrong and right answers, as written: they name classes, which only the table knows. */
  costs: string[];
  /** How many test rows the report keeps at most. */
  testRows: number;
  force: boolean;
  /** A set-up: leaves other models alone, and publishes only what is no release yet. */
  keepOthers: boolean;
  /** Where the versions become releases; none: nowhere. */
  registry: Place | undefined;
  /** Where releases are sent, too; null: nowhere. */
  mlflow: Outbox | null;
  help: boolean;
};

export const helpText = `Train random forests on a CSV file and write each as artifacts/<version>/model.onnx with its model card.

  npm run train [-- options]

  --data FILE       CSV with a header line, .gz too; delimiter and encoding are found  (default: the bundled Iris data);
                    or a folder that --prepare wrote
  --target COLUMN   the column with the class, kept as text                       (default: the last column)
  --test FILE       test on these rows, of the same columns, instead of on a fifth of --data's
  --describe        print how the table is understood, with warnings, and train nothing
  --prepare DIR     write train.csv, test.csv and preparation.json, for --data DIR later; train nothing
  --drop COLUMN     leave a column out; repeatable, or several with commas
  --only COLUMN     leave all others out; repeatable, or several with commas
  --type C=KIND     take a column as number, category, boolean, date, text or id; repeatable
  --drop-missing    leave rows with a missing value out
  --drop-rare N     leave classes with fewer than N rows out
  --sample N        train and test on N rows, the same share of each class
  --no-header       the first line is a row, not names; the columns are column_1, column_2, …
  --header          the first line is names, even if it looks like a row
  --name NAME       the model's name in its card and paths                        (default: the file's name)
  --forest V=TxD    a version, its number of trees and their depth; repeatable    (default: v1=50x5 and v2=100x7)
  --leaves KIND     votes: a leaf votes for one class; shares: it splits its vote     (default: shares for words, gaps or 10 classes)
  --seed N          seed of the split and of the forests, from 0                  (default: 42)
  --out DIR         folder for the versions' folders                       (default: $ARTIFACTS_DIR, or artifacts/)
  --registry PLACE  publish each version as a release too: a folder, or s3://bucket/prefix
                    (default: $REGISTRY_URL, else registry/ in the folder for versions, and none if --out names another one)
  --no-registry     publish nothing
                    with MLFLOW_TRACKING_URI releases are sent to MLflow, too
  --cost A:B=N      what it costs to answer B where A is right, as in churn:no=5,no:churn=1; a gain is negative
  --test-rows N     keep at most N test rows in the report, for npm run evaluate; 0 keeps none   (default: 10000)
  --workers N       worker threads; changes the time, never the result            (default: one per core)
  --force           train even if the artifacts are up to date
  --keep-others     as set-ups do: leave a model in --out alone that is another one, and publish only what is no release yet
  --help            this text

If the data cannot be used, it exits with status 1 and one line with the reason, and leaves earlier artifacts unchanged.
`;

const bundledData = fileURLToPath(new URL('../data/iris.csv', import.meta.url));
const defaultOut = fileURLToPath(new URL('../../artifacts', import.meta.url));
const tableOptions = [
  ...([
    'target',
    'header',
    'no-header',
    'drop',
    'only',
    'type',
    'drop-missing',
    'drop-rare',
    'sample',
    'seed',
  ] as const),
  'prepare' as const,
  'test' as const,
];
const defaultForests = ['v1=50x5', 'v2=100x7'];

/** Reads the command line; relative paths in it start at `cwd`. Throws a `DataError` of one line for invalid ones. */
export function readOptions(args: string[], env: Record<string, string | undefined>, cwd: string): Options {
  const values = parse(args);
  const data = values.data === undefined ? bundledData : resolve(cwd, values.data);
  const seed = readInteger('--seed', values.seed, 0, 2 ** 31 - 1) ?? 42;
  const forests = (values.forest ?? defaultForests).map(readForest);
  const versions = forests.map(({ version }) => version);
  if (new Set(versions).size < versions.length) throw new DataError('--forest names one version twice');
  return {
    data,
    dataTitle: values.data ?? 'trainer/data/iris.csv',
    test: values.test === undefined ? undefined : { file: resolve(cwd, values.test), title: values.test },
    target: values.target,
    header: readHeader(values),
    drop: values.drop ?? [],
    only: values.only,
    types: (values.type ?? []).map(readType),
    selection: {
      dropMissing: values['drop-missing'] ?? false,
      dropRare: readInteger('--drop-rare', values['drop-rare'], 2, 1e9),
      sample: readInteger('--sample', values.sample, 10, 1e9),
      seed,
    },
    aboutTable: tableOptions.filter((name) => values[name] !== undefined).map((name) => `--${name}`),
    describe: values.describe ?? false,
    prepare: values.prepare === undefined ? undefined : resolve(cwd, values.prepare),
    name: values.name === undefined ? undefined : checkName(values.name),
    out: values.out === undefined ? usualOut(env, cwd) : resolve(cwd, values.out),
    forests,
    leaves: readLeaves(values.leaves),
    seed,
    workers: readInteger('--workers', values.workers, 1, 256),
    costs: values.cost ?? [],
    testRows: readInteger('--test-rows', values['test-rows'], 0, 1e6) ?? 10_000,
    force: values.force ?? false,
    keepOthers: values['keep-others'] ?? false,
    registry: readRegistry(values, env, cwd),
    mlflow: readMlflow(values.registry, env, cwd),
    help: values.help ?? false,
  };
}

function readRegistry(
  { registry: given, 'no-registry': none, out }: Pick<ReturnType<typeof parse>, 'registry' | 'no-registry' | 'out'>,
  env: Record<string, string | undefined>,
  cwd: string,
): Options['registry'] {
  if (none && given !== undefined) throw new DataError('--registry and --no-registry contradict each other');
  if (none) return undefined;
  const set = given ?? (env.REGISTRY_URL?.trim() || undefined);
  if (set === undefined && out !== undefined) return undefined;
  const registry = set === undefined ? join(usualOut(env, cwd), 'registry') : registryPlace(set, cwd);
  const program = env.REGISTRY_COMMAND?.trim() || 'npm run registry --';
  // what the command does not find by itself
  const place = given === undefined ? '' : ` --registry ${registry}`;
  const command = (words: string, model: string) => `${program} ${words}${place}${modelOption(model, env)}`;
  return { registry, command };
}

function readMlflow(
  registry: string | undefined,
  env: Record<string, string | undefined>,
  cwd: string,
): Options['mlflow'] {
  try {
    return readOutbox(env, registry, cwd);
  } catch (cause) {
    throw new DataError((cause as Error).message, { cause });
  }
}

/** Of a command that means another model without it. */
const modelOption = (model: string, env: Record<string, string | undefined>) =>
  model === (env.MODEL_NAME || 'iris') ? '' : ` --model ${model}`;

/** The folder that `npm start` serves from. */
function usualOut(env: Record<string, string | undefined>, cwd: string): string {
  return resolve(cwd, env.ARTIFACTS_DIR?.trim() || defaultOut);
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        data: { type: 'string' },
        target: { type: 'string' },
        test: { type: 'string' },
        describe: { type: 'boolean' },
        registry: { type: 'string' },
        'no-registry': { type: 'boolean' },
        prepare: { type: 'string' },
        drop: { type: 'string', multiple: true },
        only: { type: 'string', multiple: true },
        type: { type: 'string', multiple: true },
        'drop-missing': { type: 'boolean' },
        'drop-rare': { type: 'string' },
        sample: { type: 'string' },
        header: { type: 'boolean' },
        'no-header': { type: 'boolean' },
        name: { type: 'string' },
        forest: { type: 'string', multiple: true },
        leaves: { type: 'string' },
        seed: { type: 'string' },
        out: { type: 'string' },
        workers: { type: 'string' },
        cost: { type: 'string', multiple: true },
        'test-rows': { type: 'string' },
        force: { type: 'boolean' },
        'keep-others': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new DataError(`${(error as Error).message.split('\n')[0]} (--help lists the options)`, { cause: error });
  }
}

function readHeader({ header, 'no-header': none }: { header?: boolean; 'no-header'?: boolean }): boolean | undefined {
  if (header && none) throw new DataError('--header and --no-header contradict each other');
  return none ? false : header;
}

function readType(text: string): { column: string; kind: Kind } {
  const at = text.lastIndexOf('=');
  const [column, kind] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  if (column === '' || !(KINDS as readonly string[]).includes(kind))
    throw new DataError(
      `--type ${quoted(text)} is not allowed: must be a column and number, category, boolean, date, text or id, as in zip=category`,
    );
  return { column, kind: kind as Kind };
}

function readForest(text: string): ForestSpec {
  const [, version = '', trees, depth] = /^(v[1-9]\d{0,3})=(\d{1,4})x(\d{1,2})$/.exec(text) ?? [];
  const spec = { version, trees: Number(trees), depth: Number(depth) };
  if (!(spec.trees >= 1 && spec.trees <= 2000 && spec.depth >= 1 && spec.depth <= 30))
    throw new DataError(
      `--forest ${quoted(text)} is not allowed: must be a version, 1 to 2000 trees and a depth of 1 to 30, as in v1=50x5`,
    );
  return spec;
}

function readLeaves(text: string | undefined): Leaves | undefined {
  if (text !== undefined && text !== 'votes' && text !== 'shares')
    throw new DataError(`--leaves ${quoted(text)} is not allowed: must be votes or shares`);
  return text;
}

/** The name of a model that is trained on a file of this name, unless one is given. Throws `DataError` if none can be made of it. */
export function nameOf({ name }: Pick<Options, 'name'>, file: string): string {
  return name ?? checkName(file.replace(/\.gz$/i, '').replace(/\.[^.]*$/, ''));
}

function checkName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name))
    throw new DataError(
      `--name ${quoted(name)} is not allowed: must consist of at most 63 letters, digits, dots, dashes and underscores, as it is part of an address`,
    );
  return name;
}

function readInteger(flag: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new DataError(`${flag} ${quoted(text)} is not allowed: must be a whole number from ${min} to ${max}`);
  return value;
}

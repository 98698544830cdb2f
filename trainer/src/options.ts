import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ForestShape } from './forest/forest-options.ts';
import { DataError, quoted } from './table/data-error.ts';

export type ForestSpec = ForestShape & { version: string };
export type Options = {
  data: string;
  /** The data file as the user wrote it, for messages. */
  dataTitle: string;
  target: string | undefined;
  name: string;
  out: string;
  forests: ForestSpec[];
  seed: number;
  workers: number | undefined;
  force: boolean;
  keepOthers: boolean;
  help: boolean;
};

export const helpText = `Train random forests on a CSV file and write each as artifacts/<version>/model.onnx with its model card.

  npm run train [-- options]

  --data FILE       CSV with a header line; every column but the target numeric   (default: the bundled Iris data)
  --target COLUMN   the column with the class, kept as text                       (default: the last column)
  --name NAME       the model's name in its card and paths                        (default: the file's name)
  --forest V=TxD    a version, its number of trees and their depth; repeatable    (default: v1=50x5 and v2=100x7)
  --seed N          seed of the split and of the forests, from 0                  (default: 42)
  --out DIR         folder for the versions' folders                       (default: $ARTIFACTS_DIR, or artifacts/)
  --workers N       worker threads; changes the time, never the result            (default: one per core)
  --force           train even if the artifacts are up to date
  --keep-others     do nothing if --out holds a model of another name
  --help            this text

If the data cannot be used, it exits with status 1 and one line with the reason, and leaves earlier artifacts unchanged.
`;

const bundledData = fileURLToPath(new URL('../data/iris.csv', import.meta.url));
const defaultOut = fileURLToPath(new URL('../../artifacts', import.meta.url));
const defaultForests = ['v1=50x5', 'v2=100x7'];

/** Reads the command line; relative paths in it start at `cwd`. Throws a `DataError` of one line for invalid ones. */
export function readOptions(args: string[], env: Record<string, string | undefined>, cwd: string): Options {
  const values = parse(args);
  const data = values.data === undefined ? bundledData : resolve(cwd, values.data);
  const forests = (values.forest ?? defaultForests).map(readForest);
  const versions = forests.map(({ version }) => version);
  if (new Set(versions).size < versions.length) throw new DataError('--forest names one version twice');
  return {
    data,
    dataTitle: values.data ?? 'trainer/data/iris.csv',
    target: values.target,
    name: readName(values.name, data),
    out: values.out === undefined ? resolve(env.ARTIFACTS_DIR?.trim() || defaultOut) : resolve(cwd, values.out),
    forests,
    seed: readInteger('--seed', values.seed, 0, 2 ** 31 - 1) ?? 42,
    workers: readInteger('--workers', values.workers, 1, 256),
    force: values.force ?? false,
    keepOthers: values['keep-others'] ?? false,
    help: values.help ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        data: { type: 'string' },
        target: { type: 'string' },
        name: { type: 'string' },
        forest: { type: 'string', multiple: true },
        seed: { type: 'string' },
        out: { type: 'string' },
        workers: { type: 'string' },
        force: { type: 'boolean' },
        'keep-others': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new DataError(`${(error as Error).message.split('\n')[0]} (--help lists the options)`, { cause: error });
  }
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

function readName(given: string | undefined, data: string): string {
  const name = given ?? basename(data).replace(/\.[^.]*$/, '');
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

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '@coppice/serverkit';
import type { Leaves } from '@coppice/trainer/forest/forest-trees';
import { describeMachine } from '../lab/machine.ts';
import { versions } from '../lab/programs.ts';
import { root } from '../lab/root.ts';
import { median, standardError } from '../report/stats.ts';
import { short, table } from '../report/table.ts';
import { compareForests, type Fitted } from './compare-forests.ts';
import { compareMixedTables, MIXED_SEEDS, mixedReport } from './mixed.ts';

const help = `Compare the trainer with scikit-learn's RandomForestClassifier: the same rows, trees, depth and cores.

  npm run bench:train [-- options]

  --quick        150 and 1,500 rows only
  --rows N,…     of the tables of numbers only those with so many rows
  --mixed        tables of words, numbers and gaps instead, against impute, one-hot and forest
  --leaves KIND  with --mixed: votes or shares            (default: what the trainer takes)
  --out FILE     result as JSON (bench/results/<date>-train.json, -train-mixed.json; --quick: nowhere)
  --help         this text

Synthetic rows of three classes that overlap; both forests are tested on 5,000 other rows of the same kind. Small data
is drawn several times and the accuracies averaged; the standard error of their difference is given. scikit-learn is
installed by bench/setup. Mixed tables are drawn ${MIXED_SEEDS} times in the manner of penguins, titanic, credit and churn, and one of
numbers with 54 classes; the trainer starts from the file. Exit status 1 when an accuracy is more than one point below scikit-learn's, or
a training takes more times its time than is allowed.
`;

const BELOW = 0.01;
const forests = [
  { trees: 50, depth: 5 },
  { trees: 100, depth: 7 },
];
/** Tables of numbers: rows × features. */
const tables = [
  ...[150, 1500, 15_000].flatMap((rows) => [4, 16, 64].map((features) => ({ rows, features }))),
  { rows: 150_000, features: 20 },
];
/** At most so many times scikit-learn's time. */
const slowest = [
  { rows: 15_000, features: 64, times: 3 },
  { rows: 150_000, features: 20, times: 4 },
];
/** 150 rows differ much from draw to draw; 15,000 take long, and differ less. */
const repeats: Record<number, number> = { 150: 16, 1500: 4, 15000: 3 };
const head = [
  'rows × features, forest',
  'seconds',
  'scikit-learn',
  'ratio',
  'accuracy %',
  'scikit-learn',
  'points ± standard error',
];

type Line = {
  rows: number;
  features: number;
  trees: number;
  depth: number;
  draws: number;
  ours: Fitted;
  theirs: Fitted;
  /** Of the difference in accuracy; null for fewer than three draws. */
  standardError: number | null;
};

const folder = mkdtempSync(join(tmpdir(), 'coppice-bench-'));
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    // ends Python if it runs
    ending.abort();
    process.exit(130);
  });
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
try {
  const values = parse();
  if (values.help) process.stdout.write(help);
  else process.exitCode = (await compareAll(values)) ? 0 : 1;
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}

function parse() {
  try {
    const options = {
      quick: { type: 'boolean' },
      rows: { type: 'string' },
      mixed: { type: 'boolean' },
      leaves: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    } as const;
    const { leaves, rows, ...values } = parseArgs({ options }).values;
    return { ...values, leaves: readLeaves(leaves), rows: readRows(rows, values.quick) };
  } catch (cause) {
    throw new ConfigError(`${(cause as Error).message.split('\n')[0]} (--help lists the options)`, { cause });
  }
}

function readLeaves(text: string | undefined): Leaves | undefined {
  if (text === undefined || text === 'votes' || text === 'shares') return text;
  throw new ConfigError('--leaves must be votes or shares');
}

function readRows(text: string | undefined, quick = false): number[] {
  const all = [...new Set(tables.map(({ rows }) => rows))];
  if (text === undefined) return quick ? all.filter((rows) => rows <= 1500) : all;
  const wanted = text.split(',').map(Number);
  if (wanted.every((rows) => all.includes(rows))) return wanted;
  throw new ConfigError(`--rows must be of ${all.join(', ')}`);
}

type Wanted = { quick?: boolean; mixed?: boolean; rows: number[]; leaves?: Leaves | undefined; out?: string };

async function compareAll({ quick = false, mixed = false, rows, leaves, out }: Wanted): Promise<boolean> {
  const machine = describeMachine(root);
  const used = versions();
  console.log(
    `${machine.cpu}, ${machine.cores} cores · commit ${machine.commit} · scikit-learn ${used['scikit-learn']}`,
  );
  const place = { folder, signal: ending.signal };
  const { lines, report } = mixed
    ? await reported(compareMixedTables(forests, leaves, place), mixedReport)
    : await reported(compareNumbers(rows), (all) => table(head, all.map(cells)));
  console.log(report);
  const below = lines.filter(({ ours, theirs }) => ours.accuracy < theirs.accuracy - BELOW);
  console.log(
    below.length === 0
      ? '\naccuracy within one point of scikit-learn or above it everywhere: pass'
      : `\naccuracy more than one point below scikit-learn in ${below.length} of ${lines.length} lines: FALLS SHORT`,
  );
  const slow = mixed ? false : judgeTimes(lines as Line[]);
  if (out !== undefined || !quick) {
    const date = new Date().toISOString();
    const file =
      out === undefined
        ? join(root, 'bench/results', `${date.slice(0, 10)}-train${mixed ? '-mixed' : ''}.json`)
        : resolve(out);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ date, machine, versions: used, lines }, null, 2)}\n`);
    console.log(`written: ${file}`);
  }
  return below.length === 0 && !slow;
}

async function reported<T extends { ours: Fitted; theirs: Fitted }>(
  compared: Promise<T[]>,
  format: (lines: T[]) => string,
): Promise<{ lines: { ours: Fitted; theirs: Fitted }[]; report: string }> {
  const lines = await compared;
  return { lines, report: format(lines) };
}

async function compareNumbers(wanted: readonly number[]): Promise<Line[]> {
  const lines: Line[] = [];
  for (const { rows, features } of tables.filter((table) => wanted.includes(table.rows)))
    for (const forest of forests) {
      process.stderr.write(`${rows} rows × ${features} features, ${forest.trees} trees of depth ${forest.depth} …\n`);
      lines.push(await repeated({ rows, features, ...forest }));
    }
  return lines;
}

/** Prints whether no training took more times scikit-learn's time than is allowed; true if one did. */
function judgeTimes(lines: readonly Line[]): boolean {
  const judged = slowest.flatMap(({ rows, features, times }) => {
    const ratios = lines
      .filter((line) => line.rows === rows && line.features === features)
      .map(({ ours, theirs }) => ours.seconds / theirs.seconds);
    return ratios.length === 0 ? [] : [{ rows, features, times, worst: Math.max(...ratios) }];
  });
  for (const { rows, features, times, worst } of judged)
    console.log(
      `${rows.toLocaleString('en')} × ${features}: at most ${times} × scikit-learn's time, ${short(worst)} ×: ${worst <= times ? 'pass' : 'FALLS SHORT'}`,
    );
  return judged.some(({ times, worst }) => worst > times);
}

async function repeated(problem: Pick<Line, 'rows' | 'features' | 'trees' | 'depth'>): Promise<Line> {
  const draws = repeats[problem.rows] ?? 1;
  const results: { ours: Fitted; theirs: Fitted }[] = [];
  for (let seed = 1; seed <= draws; seed++)
    results.push(await compareForests({ ...problem, seed }, { folder, signal: ending.signal }));
  const joined = (whose: 'ours' | 'theirs'): Fitted => ({
    seconds: median(results.map((result) => result[whose].seconds)),
    accuracy: results.reduce((sum, result) => sum + result[whose].accuracy, 0) / draws,
  });
  const differences = results.map(({ ours, theirs }) => ours.accuracy - theirs.accuracy);
  return {
    ...problem,
    draws,
    ours: joined('ours'),
    theirs: joined('theirs'),
    standardError: draws < 3 ? null : standardError(differences),
  };
}

function cells({ rows, features, trees, depth, ours, theirs, standardError }: Line): string[] {
  const points = 100 * (ours.accuracy - theirs.accuracy);
  return [
    `${rows.toLocaleString('en')} × ${features}, ${trees}×${depth}`,
    short(ours.seconds),
    short(theirs.seconds),
    `${short(ours.seconds / theirs.seconds)} ×`,
    (100 * ours.accuracy).toFixed(1),
    (100 * theirs.accuracy).toFixed(1),
    `${points >= 0 ? '+' : '−'}${Math.abs(points).toFixed(2)}${standardError === null ? '' : ` ± ${(100 * standardError).toFixed(2)}`}`,
  ];
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '@coppice/serverkit';
import type { Context } from './context/context.ts';
import { helpText, type Options, type Part, readOptions } from './context/options.ts';
import { Lab } from './lab/lab.ts';
import { describeMachine, type Machine } from './lab/machine.ts';
import { versions } from './lab/programs.ts';
import { root } from './lab/root.ts';
import { pick } from './measure/measure-in-turn.ts';
import { batch } from './parts/batch.ts';
import { budget } from './parts/budget.ts';
import { counting } from './parts/counting.ts';
import { endless } from './parts/endless.ts';
import { features } from './parts/features.ts';
import { columns, trees } from './parts/growth.ts';
import { memory } from './parts/memory.ts';
import { page } from './parts/page.ts';
import { processor } from './parts/processor.ts';
import { rate } from './parts/rate.ts';
import { record } from './parts/record.ts';
import { registry } from './parts/registry.ts';
import { startup } from './parts/startup.ts';
import { tail } from './parts/tail.ts';
import { CONNECTIONS, throughput } from './parts/throughput.ts';
import { versions as versionsPart } from './parts/versions.ts';
import { startModels } from './peers/coppice.ts';
import { type Bar, judge, type Measured, MOST_TO_OLD } from './report/bars.ts';
import { chart } from './report/chart.ts';
import { median } from './report/stats.ts';
import { short, table } from './report/table.ts';

type ThroughputResult = Awaited<ReturnType<typeof throughput>>;

const run: Record<Part, (context: Context) => Promise<unknown>> = {
  throughput,
  features,
  budget,
  processor,
  rate,
  batch,
  memory,
  startup,
  trees,
  columns,
  versions: versionsPart,
  record,
  tail,
  endless,
  registry,
  counting,
  page,
};

type Result = {
  date: string;
  command: string;
  machine: Machine;
  versions: Record<string, string>;
  rounds: number;
  seconds: number;
  parts: Partial<Record<Part, unknown>>;
  bars: Bar[];
};

const lab = new Lab();
let closing: Promise<void> | undefined;
const close = () => {
  closing ??= lab.close();
  return closing;
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void close().then(() => process.exit(130)));

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(helpText);
  else process.exitCode = (await benchmark(options)) ? 0 : 1;
} catch (error) {
  // after Ctrl-C everything has ended, and so what waited for it fails
  if (!closing) console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
} finally {
  await close();
}
process.exit();

/** Runs the parts, prints tables and bars. False when a bar falls short. */
async function benchmark(options: Options): Promise<boolean> {
  const result: Result = {
    date: new Date().toISOString(),
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
    machine: describeMachine(root),
    versions: versions(),
    rounds: options.rounds,
    seconds: options.seconds,
    parts: {},
    bars: [],
  };
  const { cpu, cores, memoryGb, commit } = result.machine;
  console.log(`${cpu}, ${cores} cores, ${memoryGb} GB · commit ${commit} · ${sizeOf(options)}`);
  console.log(
    Object.entries(result.versions)
      .map((entry) => entry.join(' '))
      .join(', '),
  );

  // some parts have their own, fresh ones for each pair, and the registry needs none
  const models = options.parts.some((part) => !['processor', 'versions', 'registry', 'counting'].includes(part))
    ? await startModels(lab)
    : [];
  const measured: Measured = {};
  for (const part of options.parts) {
    const context: Context = { lab, options, models, print: console.log, progress: progressOf(part) };
    const outcome = await run[part](context);
    result.parts[part] = outcome;
    if (hasMeasured(outcome)) Object.assign(measured, outcome.measured);
  }
  clearProgress();
  result.bars = judge(measured);
  if (result.bars.length > 0) console.log(`\n${barTable(result.bars)}`);
  write(result, options);
  if (measured.processorToOld) console.log(`\n${limitLine(Object.values(measured.processorToOld))}`);
  return result.bars.every(({ pass }) => pass);
}

function sizeOf({ parts, rounds, seconds, processor: { pairs, requests } }: Options): string {
  const inRounds = `${rounds} rounds of ${seconds} s`;
  const inPairs = `processor time: ${pairs} pairs of ${requests.toLocaleString('en')} answers each`;
  if (!parts.includes('processor')) return inRounds;
  return parts.length === 1 ? inPairs : `${inRounds}; ${inPairs}`;
}

function barTable(bars: readonly Bar[]): string {
  const lines = bars.map(({ name, bar, value, spread, unit, pass, close }) => [
    name,
    bar,
    // a ratio next to its bar needs the third decimal
    `${unit === '×' ? value.toFixed(3) : short(value)} ${unit}`,
    spread ? spread.map((end) => end.toFixed(3)).join(' – ') : '',
    `${pass ? 'pass' : 'FALLS SHORT'}${close ? ', within the spread' : ''}`,
  ]);
  return table(['bar', 'wanted', 'measured', '95 % interval', ''], lines);
}

/** The last line of a comparison with an old commit: the highest of its upper limits. */
function limitLine(limits: readonly number[]): string {
  const limit = Math.max(...limits);
  return `upper limit ${limit.toFixed(3)} ≤ ${MOST_TO_OLD}: ${limit <= MOST_TO_OLD ? 'pass' : 'FALLS SHORT'}`;
}

function write(result: Result, { out, quick, parts }: Options): void {
  // a quick or partial run is written only where --out says
  const whole = !quick && parts.length === Object.keys(run).length;
  if (out === undefined && !whole) return;
  const file = out === undefined ? join(root, 'bench/results', `${result.date.slice(0, 10)}.json`) : resolve(out);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\nwritten: ${file}`);
  const { throughput: shown } = result.parts as { throughput?: ThroughputResult };
  if (!shown) return;
  const rows = shown.labels.map(([name, label]) => ({
    label: label as string,
    values: Object.fromEntries(
      CONNECTIONS.map((count) => [count, median(pick(shown.rounds, name as string, count, 'perSecond'))]),
    ),
  }));
  const footer = `${result.machine.cpu}, ${result.machine.cores} cores shared with the load; ${result.date.slice(0, 10)}; ${result.command}`;
  writeFileSync(`${file.replace(/\.json$/, '')}.svg`, chart('Predictions per second, one row each', rows, footer));
}

function hasMeasured(outcome: unknown): outcome is { measured: Measured } {
  return typeof outcome === 'object' && outcome !== null && 'measured' in outcome;
}

function progressOf(part: Part): (text: string) => void {
  const began = Date.now();
  return (text) => {
    const line = `[${part}, ${Math.round((Date.now() - began) / 1000)} s] ${text}`;
    // one line that changes on a terminal, one line each in a log
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
    else process.stderr.write(`${line}\n`);
  };
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

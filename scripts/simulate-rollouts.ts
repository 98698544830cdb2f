import { parseArgs } from 'node:util';
import { type SimulatedEnd, type SimulatedVersion, simulatedRollout } from './simulate-rollouts/simulated-rollout.ts';

const HELP = `Simulates whole rollouts: drawn traffic, and the gateway's own evidence and decisions at each look.

  npm run simulate:rollouts                a table of 300 rollouts of each candidate; some 10 minutes
  npm run simulate:rollouts -- --runs 20   fewer

  --runs N     rollouts of each candidate: 1 to 100,000
  -h, --help   this text

Seeds are 1, 2, 3, …: the same number of runs prints the same table. Exit status 1 when a candidate ends otherwise than it
must: an equal one rolled back in more than 2.3 %, a worse one not rolled back, a better one not done; 2 invalid arguments.`;

type Candidate = { name: string; change: Partial<SimulatedVersion>; must: SimulatedEnd['state']; least: number };

const usual: SimulatedVersion = { errors: 0.002, accuracy: 0.9, latency: 1 };
const candidates: Candidate[] = [
  { name: 'the same', change: {}, must: 'done', least: 0.977 },
  { name: 'errors +2 points', change: { errors: 0.022 }, must: 'rolled_back', least: 1 },
  { name: 'accuracy −3 points', change: { accuracy: 0.87 }, must: 'rolled_back', least: 1 },
  { name: 'latency × 1.5', change: { latency: 1.5 }, must: 'rolled_back', least: 1 },
  { name: 'accuracy +2 points', change: { accuracy: 0.92 }, must: 'done', least: 1 },
];

const runs = readRuns();
if (runs === 'help') console.log(HELP);
else if (runs === null) process.exitCode = 2;
else process.exitCode = print(runs) ? 0 : 1;

function readRuns(): number | 'help' | null {
  try {
    const { values } = parseArgs({
      options: { runs: { type: 'string', default: '300' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) return 'help';
    const wanted = Number(values.runs);
    if (Number.isInteger(wanted) && wanted >= 1 && wanted <= 100_000) return wanted;
    console.error(`simulate:rollouts: --runs ${values.runs} is not allowed: must be a whole number from 1 to 100000`);
  } catch (error) {
    console.error(`simulate:rollouts: ${(error as Error).message.split('. ')[0]} (--help lists the options)`);
  }
  return null;
}

/** True when all candidates end as they must. */
function print(runs: number): boolean {
  console.log(`${runs} rollouts each at 10 requests a second, errors 0.2 %, accuracy 90 %, feedback to 20 %\n`);
  console.log('| candidate | done | rolled back | paused | median minutes | median requests of the candidate |');
  console.log('|---|---|---|---|---|---|');
  const wrong: string[] = [];
  for (const { name, change, must, least } of candidates) {
    const candidate = { ...usual, ...change };
    const ends = Array.from({ length: runs }, (_, i) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${i} of ${runs} `);
      return simulatedRollout({ baseline: usual, candidate, rate: 10, feedback: 0.2, seed: i + 1 });
    });
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    const share = (state: SimulatedEnd['state']) => ends.filter((end) => end.state === state).length / runs;
    const figures = (['done', 'rolled_back', 'paused'] as const).map((state) => `${(100 * share(state)).toFixed(1)} %`);
    const median = (of: (end: SimulatedEnd) => number) =>
      Math.round(ends.map(of).sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0).toLocaleString('en');
    console.log(`| ${[name, ...figures, median((end) => end.minutes), median((end) => end.requests)].join(' | ')} |`);
    if (share(must) < least) wrong.push(`${name} must be ${must.replace('_', ' ')} in at least ${100 * least} %`);
  }
  for (const line of wrong) console.error(`simulate:rollouts: ${line}`);
  return wrong.length === 0;
}

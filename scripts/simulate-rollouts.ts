import { type SimulatedEnd, type SimulatedVersion, simulatedRollout } from './simulate-rollouts/simulated-rollout.ts';

const usual: SimulatedVersion = { errors: 0.002, accuracy: 0.9, latency: 1 };
const candidates: Record<string, Partial<SimulatedVersion>> = {
  'the same': {},
  'errors +2 points': { errors: 0.022 },
  'accuracy −3 points': { accuracy: 0.87 },
  'latency × 1.5': { latency: 1.5 },
  'accuracy +2 points': { accuracy: 0.92 },
};

/** Prints how simulated rollouts end: `npm run simulate:rollouts -- 300`. */
const runs = Number(process.argv[2] ?? 300);
console.log(`${runs} rollouts each at 10 requests a second, errors 0.2 %, accuracy 90 %, feedback to 20 %\n`);
console.log('| candidate | done | rolled back | paused | median minutes | median requests of the candidate |');
console.log('|---|---|---|---|---|---|');
for (const [name, candidate] of Object.entries(candidates)) {
  const ends = Array.from({ length: runs }, (_, seed) =>
    simulatedRollout({
      ...{ baseline: usual, candidate: { ...usual, ...candidate }, rate: 10, feedback: 0.2, seed: seed + 1 },
    }),
  );
  const part = (state: SimulatedEnd['state']) =>
    `${((100 * ends.filter((end) => end.state === state).length) / runs).toFixed(1)} %`;
  const median = (of: (end: SimulatedEnd) => number) =>
    Math.round(ends.map(of).sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0).toLocaleString('en');
  const figures = [part('done'), part('rolled_back'), part('paused')];
  console.log(`| ${[name, ...figures, median((end) => end.minutes), median((end) => end.requests)].join(' | ')} |`);
}

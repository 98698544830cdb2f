import { expect, it } from 'vitest';
import { type SimulatedVersion, simulatedRollout } from './simulated-rollout.ts';

const usual: SimulatedVersion = { errors: 0.002, accuracy: 0.9, latency: 1 };
const RUNS = 2;

/** Rollouts at 10 requests a second, a fifth of them with feedback. */
function ends(candidate: Partial<SimulatedVersion>) {
  return Array.from({ length: RUNS }, (_, seed) =>
    simulatedRollout({
      baseline: usual,
      candidate: { ...usual, ...candidate },
      rate: 10,
      feedback: 0.2,
      seed: seed + 1,
    }),
  );
}
const states = (candidate: Partial<SimulatedVersion>) => new Set(ends(candidate).map(({ state }) => state));

it.each<[string, Partial<SimulatedVersion>]>([
  ['fails 2 points more', { errors: 0.022 }],
  ['is right 3 points less often', { accuracy: 0.87 }],
  ['is slower by half', { latency: 1.5 }],
])('a candidate that %s is rolled back', (_, candidate) => {
  expect(states(candidate)).toEqual(new Set(['rolled_back']));
});

it('a candidate that is the same, or better, gets all of the traffic', () => {
  const same = ends({});
  expect(same.filter(({ state }) => state === 'done').length).toBe(RUNS);
  expect(states({ accuracy: 0.92 })).toEqual(new Set(['done']));
});

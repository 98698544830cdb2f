import { MersenneTwister19937, Random } from 'random-js';
import { expect, it } from 'vitest';
import { rateBelowLogE } from './rate-below.ts';

it('is the average likelihood ratio of lower rates', () => {
  const ratio = (q: number) => (q / 0.01) ** 2 * ((1 - q) / 0.99) ** 998;
  const expected = Math.log((ratio(0) + ratio(0.00125) + ratio(0.0025) + ratio(0.005)) / 4);
  expect(rateBelowLogE(2, 1000, 0.01)).toBeCloseTo(expected, 12);
});

it('proves a rate below 1 % from some 400 requests without an event, and from few events among more', () => {
  expect(rateBelowLogE(0, 400, 0.01)).toBeLessThan(Math.log(60));
  expect(rateBelowLogE(0, 500, 0.01)).toBeGreaterThan(Math.log(60));
  expect(rateBelowLogE(6, 3000, 0.01)).toBeGreaterThan(Math.log(60));
  expect(rateBelowLogE(6, 3000, 0.01, 4)).toBeLessThan(Math.log(60));
});

it('shows nothing before the first request', () => {
  expect(rateBelowLogE(0, 0, 0.01)).toBe(0);
});

it('finds a rate at the limit below it in at most the promised share of runs, looked at after each request', () => {
  const random = new Random(MersenneTwister19937.seed(7));
  let wrong = 0;
  for (let run = 0; run < 500; run++) {
    let events = 0;
    for (let n = 1; n <= 2000; n++) {
      if (random.bool(0.01)) events++;
      if (rateBelowLogE(events, n, 0.01) < Math.log(20)) continue;
      wrong++;
      break;
    }
  }
  expect(wrong / 500).toBeLessThanOrEqual(0.05);
});

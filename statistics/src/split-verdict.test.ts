import { seededRandom } from '@coppice/testkit/seeded-random';
import { describe, expect, it } from 'vitest';
import { splitVerdict } from './split-verdict.ts';

describe('a version’s share of the assignments', () => {
  it.each([
    [100, 199, 0.9, 'not enough data'],
    [100, 200, 0.9, 'differs'],
    [180, 200, 0.9, 'fits'],
    [117, 200, 0.5, 'fits'],
    [136, 200, 0.5, 'differs'],
    [519_000, 1_000_000, 0.5, 'fits'],
    [521_000, 1_000_000, 0.5, 'differs'],
    [0, 1000, 0, 'fits'],
    [1000, 1000, 1, 'fits'],
    [1, 1000, 0, 'differs'],
    [1, 2, 1, 'differs'],
  ])('%i of %i at %d: %s', (n, total, share, verdict) => {
    expect(splitVerdict(n, total, share)).toBe(verdict);
  });

  it('is not said to differ while chance follows the weights, however often one looks', () => {
    const random = seededRandom(30);
    let alarms = 0;
    for (let run = 0; run < 200; run++) {
      let n = 0;
      for (let total = 1; total <= 5000; total++) {
        if (random() < 0.1) n++;
        if (splitVerdict(n, total, 0.1) === 'differs') {
          alarms++;
          break;
        }
      }
    }
    expect(alarms).toBeLessThanOrEqual(1);
  });
});

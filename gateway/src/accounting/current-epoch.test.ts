import { describe, expect, it } from 'vitest';
import { CurrentEpoch } from './current-epoch.ts';

const weights = { v1: 1, v2: 1 };

function setUp() {
  const epoch = new CurrentEpoch(['v1', 'v2']);
  epoch.begin(5, weights);
  epoch.released('v1', 'a');
  epoch.released('v2', 'b');
  return epoch;
}

describe('the epoch', () => {
  it('is one object as long as weights and releases stay', () => {
    const epoch = setUp();
    const before = epoch.now;
    epoch.begin(5, { ...weights });
    epoch.released('v2', 'b');
    expect(epoch.now).toBe(before);
    expect(before).toEqual({ period: 5, weights, releases: { v1: 'a', v2: 'b' } });
  });

  it('is another one after a change of weights, a fresh period, or another release; the old one stays as it was', () => {
    const epoch = setUp();
    const first = epoch.now;
    epoch.begin(6, { v1: 9, v2: 1 });
    const second = epoch.now;
    epoch.begin(7, { v1: 9, v2: 1 });
    const third = epoch.now;
    epoch.released('v2', 'c');
    expect(new Set([first, second, third, epoch.now]).size).toBe(4);
    expect(first).toEqual({ period: 5, weights, releases: { v1: 'a', v2: 'b' } });
    expect(epoch.now).toEqual({ period: 7, weights: { v1: 9, v2: 1 }, releases: { v1: 'a', v2: 'c' } });
  });

  it('takes from the last run only releases that are not known yet', () => {
    const epoch = new CurrentEpoch(['v1', 'v2']);
    epoch.released('v1', 'new');
    epoch.resume({ releases: { v1: 'old', v2: 'b', v3: 'gone' } });
    expect(epoch.now.releases).toEqual({ v1: 'new', v2: 'b' });
  });
});

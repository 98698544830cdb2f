import { splitReport } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { ObservedSplit } from './observed-split.ts';

function setUp() {
  const world = { time: 1_700_000_000_000 };
  const split = new ObservedSplit({ versions: ['v1', 'v2'], salt: 'iris', now: () => world.time });
  split.begin({ v1: 90, v2: 10 });
  const assign = (version: string, n: number, user?: (i: number) => string) => {
    for (let i = 0; i < n; i++) split.assigned(version, user?.(i));
  };
  const verdicts = () => splitReport.parse(split.report()).versions.map(({ verdict }) => verdict);
  return { split, world, assign, verdicts };
}

describe('the observed split', () => {
  it('is judged by the share of each version once there are enough assignments', () => {
    const { split, assign, verdicts } = setUp();
    assign('v1', 100);
    expect(verdicts()).toEqual(['not enough data', 'not enough data']);
    assign('v2', 100);
    expect(verdicts()).toEqual(['differs', 'differs']);
    assign('v1', 800);
    expect(split.report()).toMatchObject({
      ...{ assignments: 1000, least: 200 },
      versions: [
        { version: 'v1', share: 0.9, assigned: 900, verdict: 'fits' },
        { version: 'v2', share: 0.1, assigned: 100, verdict: 'fits' },
      ],
    });
  });

  it('counts from when other weights come in force, and goes on with the same ones', () => {
    const { split, world, assign } = setUp();
    assign('v1', 500);
    world.time += 60_000;
    split.begin({ v1: 90, v2: 10 });
    expect(split.report()).toMatchObject({ since: '2023-11-14T22:13:20.000Z', assignments: 500 });
    split.begin({ v1: 50, v2: 50 });
    expect(split.report()).toMatchObject({ since: '2023-11-14T22:14:20.000Z', assignments: 0 });
  });

  it('counts a user once, however many requests they send', () => {
    const { split, assign } = setUp();
    assign('v2', 5000, () => 'ann');
    assign('v1', 500, (i) => `user-${i % 50}`);
    expect(split.report().assignments).toBe(51);
    split.begin({ v1: 50, v2: 50 });
    assign('v1', 2, () => 'ann');
    expect(split.report().assignments).toBe(1);
  });
});

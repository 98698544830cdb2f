import { seededRandom } from '@coppice/testkit/seeded-random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weightsInForce } from './kept-out.ts';
import { NoVersionError, type SplitVersion, TrafficSplit } from './traffic-split.ts';

const names = ['v1', 'v2', 'v3'];
const out = (...kept: string[]) => new Map(kept.map((name) => [name, `${name} did not pass`]));

it.each([
  ['nobody is kept out', [1, 2, 0], [], ['v1'], [1, 2, 0]],
  ['one is', [1, 2, 0], ['v2'], ['v1'], [1, 0, 0]],
  ['all with weight are: the first instead has all', [0, 2, 3], ['v2', 'v3'], ['v1'], [5, 0, 0]],
  ['instead of a kept one the next answers', [1, 1, 0], ['v1', 'v2'], ['v1', 'v3'], [0, 0, 2]],
  ['nobody is left', [1, 1, 0], ['v1', 'v2'], ['v2'], [0, 0, 0]],
])('weights in force where %s', (_, weights, kept, instead, expected) => {
  expect(weightsInForce(names, weights, { reasons: out(...kept), instead })).toEqual(expected);
});

describe('a version that is kept out', () => {
  type FakeVersion = { -readonly [K in keyof SplitVersion]: SplitVersion[K] };
  const setUp = (weights: number[], available: boolean[] = []) =>
    new TrafficSplit<FakeVersion>({
      versions: names.map((name, i) => ({
        ...{ name, available: available[i] ?? true, ready: true, ejectedUntil: null, reason: null },
        ...{ mayRisk: true, required: [], unfitRequests: 0 },
      })),
      weights: Object.fromEntries(names.map((name, i) => [name, weights[i] ?? 0])),
      salt: 'iris',
      random: seededRandom(3),
    });

  it('gets no request by weight, user, failover or risk, whatever weights are set before or after', () => {
    const weight = fc.nat(5);
    fc.assert(
      fc.property(
        fc.tuple(weight, weight, weight).filter((weights) => weights.some((one) => one > 0)),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        fc.subarray(names),
        fc.boolean(),
        (weights, available, kept, later) => {
          const split = setUp([1, 1, 1], available);
          const set = () => split.setWeights(Object.fromEntries(names.map((name, i) => [name, weights[i] as number])));
          if (!later) set();
          split.keepOut({ reasons: out(...kept), instead: ['v1', 'v2'] });
          if (later) set();
          const got = [undefined, 'ann', 'bob'].flatMap((user) => {
            try {
              const { version } = split.assign(undefined, user);
              return [version, split.failover(version, user)];
            } catch (error) {
              expect(error).toBeInstanceOf(NoVersionError);
              return [];
            }
          });
          expect(got.filter((version) => version && kept.includes(version.name))).toEqual([]);
        },
      ),
    );
  });

  it('keeps its weight, without a share, and says why; pins reach it, and users come back to it', () => {
    const split = setUp([1, 1, 0]);
    const users = Array.from({ length: 50 }, (_, i) => `user-${i}`);
    const before = users.map((user) => split.assign(undefined, user).version.name);
    split.keepOut({ reasons: out('v2'), instead: ['v1'] });
    expect(split.weights()).toEqual({ v1: 1, v2: 1, v3: 0 });
    expect(split.inForce()).toEqual({ v1: 1, v2: 0, v3: 0 });
    expect(split.states()).toMatchObject([
      { weight: 1, share: 1, reason: null },
      { weight: 1, share: 0, ready: true, reason: 'v2 did not pass' },
      { weight: 0, share: 0, reason: null },
    ]);
    expect(split.assign('v2', undefined).version.name).toBe('v2');
    split.keepOut({ reasons: out(), instead: [] });
    expect(users.map((user) => split.assign(undefined, user).version.name)).toEqual(before);
  });

  it('leaves an error that says why where nobody may answer', () => {
    const split = setUp([0, 1, 0]);
    split.keepOut({ reasons: out('v2'), instead: [] });
    expect(() => split.assign(undefined, undefined)).toThrow(NoVersionError);
    expect(() => split.assign(undefined, undefined)).toThrow('No version may answer: v2: v2 did not pass.');
    expect(split.states().map(({ share }) => share)).toEqual([0, 0, 0]);
  });
});

import { seededRandom } from '@coppice/testkit/seeded-random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NoVersionError,
  type SplitVersion,
  TrafficSplit,
  UnfitRequestError,
  UnknownVersionError,
} from './traffic-split.ts';

type FakeVersion = { -readonly [K in keyof SplitVersion]: SplitVersion[K] };

function setUp(weights: Record<string, number>, down: string[] = []) {
  const versions: FakeVersion[] = Object.keys(weights).map((name) => {
    const available = !down.includes(name);
    return {
      ...{ name, available, ready: available, ejectedUntil: null, reason: available ? null : 'it is down' },
      ...{ mayRisk: false, required: [], unfitRequests: 0 },
    };
  });
  return new TrafficSplit<FakeVersion>({ versions, weights, salt: 'iris', random: seededRandom(1) });
}

const users = Array.from({ length: 500 }, (_, i) => `user-${i}`);

describe('assigning a request', () => {
  it('takes the pin before the user and the user before chance', () => {
    const split = setUp({ v1: 1, v2: 0 });
    expect(split.assign('v2', 'ann')).toMatchObject({ version: { name: 'v2' }, route: 'pinned' });
    expect(split.assign(undefined, 'ann')).toMatchObject({ version: { name: 'v1' }, route: 'sticky' });
    expect(split.assign(undefined, undefined)).toMatchObject({ version: { name: 'v1' }, route: 'weighted' });
  });

  it('refuses a pin to an unknown version, and lists the known ones', () => {
    const split = setUp({ v1: 1, v2: 1, v3: 1 });
    expect(() => split.assign('v9', undefined)).toThrow(UnknownVersionError);
    expect(() => split.assign('v9', undefined)).toThrow('Unknown version v9. Versions: v1, v2, v3.');
  });

  it('never fails over a pinned request', () => {
    expect(() => setUp({ v1: 1, v2: 1 }, ['v2']).assign('v2', undefined)).toThrow(NoVersionError);
  });

  it('gives the same user the same version', () => {
    const split = setUp({ v1: 50, v2: 50 });
    for (const user of users) expect(split.assign(undefined, user)).toEqual(split.assign(undefined, user));
  });

  it('never moves a user who has the version whose share is raised, for random pairs of weights', () => {
    fc.assert(
      fc.property(fc.nat(99), fc.integer({ min: 1, max: 100 }), (before, raisedBy) => {
        const after = Math.min(100, before + raisedBy);
        const split = setUp({ v1: 100 - before, v2: before });
        const had = users.filter((user) => split.assign(undefined, user).version.name === 'v2');
        split.setWeights({ v1: 100 - after, v2: after });
        for (const user of had) expect(split.assign(undefined, user).version.name).toBe('v2');
      }),
    );
  });

  it('never moves a user back while one of three versions is rolled out step by step', () => {
    const split = setUp({ v1: 50, v2: 50, v3: 0 });
    const seen = new Map<string, string[]>();
    for (const weight of [0, 5, 20, 60, 200, 1000]) {
      split.setWeights({ v1: 50, v2: 50, v3: weight });
      for (const user of users) {
        const { name } = split.assign(undefined, user).version;
        const names = seen.get(user) ?? [];
        if (names.at(-1) !== name) seen.set(user, [...names, name]);
      }
    }
    for (const names of seen.values()) expect(new Set(names).size).toBe(names.length);
  });

  it('applies new weights to the next request', () => {
    const split = setUp({ v1: 1, v2: 0 });
    split.setWeights({ v1: 0, v2: 1 });
    expect(split.assign(undefined, undefined).version.name).toBe('v2');
    expect(split.weights()).toEqual({ v1: 0, v2: 1 });
  });

  it.each([{ v1: 0, v2: 0 }, { v1: -1, v2: 2 }, { v1: 0.5, v2: 1 }, {}])('refuses the weights %j', (weights) => {
    const split = setUp({ v1: 1, v2: 2 });
    expect(() => split.setWeights(weights as Record<string, number>)).toThrow(RangeError);
    expect(split.weights()).toEqual({ v1: 1, v2: 2 });
  });
});

describe('a version that is down', () => {
  it('leaves its share to the others that have weight, as failover', () => {
    const split = setUp({ v1: 50, v2: 50, v3: 0 }, ['v1']);
    for (let i = 0; i < 200; i++) {
      const { version, route, instead } = split.assign(undefined, undefined);
      expect(version.name).toBe('v2');
      expect(route).toBe(instead ? 'failover' : 'weighted');
    }
  });

  it('divides it in proportion to their weights', () => {
    const split = setUp({ v1: 100, v2: 300, v3: 100 }, ['v1']);
    const counts: Record<string, number> = {};
    for (let i = 0; i < 4000; i++) {
      const { name } = split.assign(undefined, undefined).version;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    expect((counts.v2 ?? 0) / (counts.v3 ?? 1)).toBeCloseTo(3, 0);
  });

  it('sends a sticky user always to the same other version', () => {
    const split = setUp({ v1: 40, v2: 30, v3: 30 }, ['v1']);
    for (const user of users)
      expect(split.assign(undefined, user).version.name).toBe(split.assign(undefined, user).version.name);
  });

  it('is ejected, as all are: a request is risked at one that allows it and has weight', () => {
    const split = setUp({ v1: 1, v2: 1, v3: 0 }, ['v1', 'v2', 'v3']);
    const [v2, v3] = [split.find('v2') as FakeVersion, split.find('v3') as FakeVersion];
    v2.mayRisk = true;
    v3.mayRisk = true;
    const assigned = Array.from({ length: 20 }, () => split.assign(undefined, undefined));
    expect(new Set(assigned.map(({ route }) => route))).toEqual(new Set(['weighted', 'failover']));
    expect(new Set(assigned.map(({ version }) => version.name))).toEqual(new Set(['v2']));
    v2.mayRisk = false;
    expect(() => split.assign(undefined, undefined)).toThrow(NoVersionError);
    expect(() => split.assign('v3', undefined)).toThrow(NoVersionError);
  });

  it('with no other that has weight, is an error: a version of weight 0 never serves', () => {
    expect(() => setUp({ v1: 1, v2: 0 }, ['v1']).assign(undefined, undefined)).toThrow(NoVersionError);
  });
});

it('shows the state of each version, and what it requires if the versions differ in that', () => {
  const same = { ejected: false, ejected_until: null, unfit_requests: 0 };
  const split = setUp({ v1: 30, v2: 10 }, ['v2']);
  expect(split.states()).toEqual([
    { version: 'v1', weight: 30, share: 0.75, ready: true, reason: null, ...same },
    { version: 'v2', weight: 10, share: 0.25, ready: false, reason: 'it is down', ...same },
  ]);
  (split.find('v2') as FakeVersion).required = ['d'];
  (split.find('v2') as FakeVersion).unfitRequests = 3;
  expect(split.states()).toMatchObject([
    { requires: [], unfit_requests: 0 },
    { requires: ['d'], unfit_requests: 3 },
  ]);
});

describe('a request that lacks a feature', () => {
  /** v2 requires `d`, v3 requires `d` and `e`. */
  const setUpUnfit = (weights: Record<string, number>, down: string[] = []) => {
    const split = setUp(weights, down);
    for (const [name, required] of [['v2', ['d']] as const, ['v3', ['d', 'e']] as const])
      Object.assign(split.find(name) as FakeVersion, { required });
    return split;
  };
  const drawn = (split: ReturnType<typeof setUp>, missing: string[], n = 2000) => {
    const counts: Record<string, number> = {};
    for (let i = 0; i < n; i++) {
      const { name } = split.assign(undefined, undefined, missing).version;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  };

  it('goes to the versions that can do without, by their weights', () => {
    const split = setUpUnfit({ v1: 10, v2: 30, v3: 60 });
    expect(drawn(split, ['d'])).toEqual({ v1: 2000 });
    const { v1 = 0, v2 = 0, v3 } = drawn(split, ['e']);
    expect(v2 / v1).toBeCloseTo(3, 0);
    expect(v3).toBe(undefined);
    expect(Object.keys(drawn(split, ['z'])).sort()).toEqual(['v1', 'v2', 'v3']);
  });

  it('of a user goes to that user’s version if it can do without, else always to the same other one', () => {
    const split = setUpUnfit({ v1: 30, v2: 30, v3: 40 });
    for (const user of users) {
      const { version, route } = split.assign(undefined, user, ['e']);
      expect(route).toBe('sticky');
      expect(version.name).not.toBe('v3');
      expect(split.assign(undefined, user, ['e']).version).toBe(version);
    }
  });

  it('names the versions with weight that could not have answered it', () => {
    const unfit = (weights: Record<string, number>, missing: string[]) =>
      setUpUnfit(weights)
        .assign(undefined, undefined, missing)
        .unfit.map(({ name }) => name);
    expect(unfit({ v1: 1, v2: 1, v3: 1 }, ['d'])).toEqual(['v2', 'v3']);
    expect(unfit({ v1: 1, v2: 0, v3: 1 }, ['d'])).toEqual(['v3']);
    expect(unfit({ v1: 1, v2: 1, v3: 1 }, ['z'])).toEqual([]);
    expect(unfit({ v1: 1, v2: 1, v3: 1 }, [])).toEqual([]);
  });

  it('fails over only to a version that can do without', () => {
    const split = setUpUnfit({ v1: 1, v2: 1, v3: 1 });
    const [v1, v2] = [split.find('v1') as FakeVersion, split.find('v2') as FakeVersion];
    expect(split.failover(v1, undefined, ['d'])).toBe(null);
    expect(split.failover(v1, undefined, ['e'])).toBe(v2);
    v1.available = false;
    expect(() => split.assign(undefined, undefined, ['d'])).toThrow(
      new NoVersionError('No version with weight that can do without d is ready.'),
    );
  });

  it('is refused when no version that may get it can do without, which says who requires what', () => {
    const split = setUpUnfit({ v1: 0, v2: 1, v3: 1 });
    const refused = () => split.assign(undefined, undefined, ['d', 'e']);
    expect(refused).toThrow(UnfitRequestError);
    expect(refused).toThrow(
      'No version with weight can do without what the request lacks: v2 requires d; v3 requires d, e.',
    );
    expect(() => split.assign('v3', undefined, ['a', 'e'])).toThrow('Version v3 requires e, which the request lacks.');
    expect(split.assign('v1', undefined, ['d']).version.name).toBe('v1');
  });
});

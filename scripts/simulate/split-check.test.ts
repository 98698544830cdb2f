import { describe, expect, it } from 'vitest';
import { checkSplit } from './split-check.ts';
import { Tally } from './tally.ts';

function tallyOf(answers: { version: string; users: (string | undefined)[]; route?: 'failover' }[]): Tally {
  const tally = new Tally();
  for (const { version, users, route = 'sticky' } of answers)
    for (const user of users) tally.answer({ model_version: version, route }, user, 1);
  return tally;
}
const anonymous = (n: number): undefined[] => Array(n).fill(undefined);
const people = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `u${from + i}`);

describe('the observed split', () => {
  it('counts answers when there are no users', () => {
    const tally = tallyOf([
      { version: 'v1', users: anonymous(310) },
      { version: 'v2', users: anonymous(98) },
    ]);
    const check = checkSplit(tally, { v1: 0.75, v2: 0.25 });
    expect(check?.unit).toBe('answers');
    expect(check).toMatchObject({ verdict: 'fits', total: 408 });
    expect(checkSplit(tally, { v1: 0.5, v2: 0.5 })?.verdict).toBe('differs');
  });

  it('counts each sticky user once, however many answers the user had', () => {
    const tally = tallyOf([
      { version: 'v1', users: [...people(0, 50), ...Array(5000).fill('u0')] },
      { version: 'v2', users: people(50, 100) },
    ]);
    const check = checkSplit(tally, { v1: 0.5, v2: 0.5 });
    expect(check).toMatchObject({
      unit: 'users',
      verdict: 'not enough data',
      total: 100,
      rows: [{ answers: 5050, observed: 0.5 }, { answers: 50 }],
    });
  });

  it('finds answers of a version that should have none', () => {
    const tally = tallyOf([
      { version: 'v1', users: people(0, 99) },
      { version: 'v2', users: ['u99'] },
    ]);
    expect(checkSplit(tally, { v1: 1, v2: 0 })?.verdict).toBe('differs');
    expect(checkSplit(tallyOf([{ version: 'v1', users: people(0, 200) }]), { v1: 1, v2: 0 })?.verdict).toBe('fits');
  });

  it('is null without answers', () => {
    expect(checkSplit(new Tally(), { v1: 1 })).toBeNull();
  });

  it('finds users that moved, except by failover', () => {
    const tally = tallyOf([
      { version: 'v1', users: ['a', 'b', 'c'] },
      { version: 'v2', users: ['b'] },
      { version: 'v2', users: ['c'], route: 'failover' },
    ]);
    expect([...tally.moved]).toEqual(['b']);
    expect([tally.users, tally.failovers]).toEqual([3, 1]);
  });
});

import { describe, expect, it } from 'vitest';
import { ChangeRefusedError, RegistryConflictError } from './errors.ts';
import { finished, promoted, rolledBack, whyNotPromotable } from './promotion.ts';
import { change, EMPTY, type RegistryState, registryState } from './registry-state.ts';

const author = { who: 'ann', reason: 'better', time: '2026-01-01T00:00:00.000Z' };
const verdict = (approved: boolean) => ({ approved, who: 'bob', time: author.time, reason: 'seen' });
const state = (more: Partial<RegistryState> = {}): RegistryState => ({
  ...EMPTY,
  aliases: { champion: 1, challenger: 2 },
  ...more,
});
const weights = { v1: 90, v2: 10 };
const sets = { v1: 100, v2: 0 };
const promotion = { release: 2, weights, approval: 'required', sets } as const;
const pending = {
  change: 'promote',
  release: 2,
  weights: sets,
  since: author.time,
  who: 'ann',
  reason: 'better',
} as const;

describe('a promotion', () => {
  it('keeps what was before, and what is still to be done', () => {
    expect(promoted(state({ approvals: { 2: verdict(true) } }), promotion, author)).toEqual({
      what: 'champion: 1 → 2',
      state: {
        ...state({ approvals: { 2: verdict(true) } }),
        aliases: { champion: 2, challenger: 2 },
        previous: { champion: 1, challenger: 2, weights },
        pending,
      },
    });
  });

  it('approves in the same change when it is to, even what was rejected', () => {
    for (const approvals of [{}, { 2: verdict(false) }]) {
      const next = promoted(state({ approvals }), { ...promotion, approve: true }, author);
      expect(next.what).toBe('release 2 is approved; champion: 1 → 2');
      expect(next.state.approvals[2]).toEqual({ approved: true, who: 'ann', time: author.time, reason: 'better' });
    }
    const approvals = { 2: verdict(true) };
    expect(promoted(state({ approvals }), { ...promotion, approve: true }, author).state.approvals).toEqual(approvals);
  });

  it.each<[string, Partial<RegistryState>, string]>([
    ['nothing approves it', {}, 'release 2 is not approved'],
    ['it was rejected', { approvals: { 2: verdict(false) } }, 'release 2 was rejected by bob: seen'],
    ['there is no challenger', { aliases: { champion: 1, challenger: null } }, 'there is no challenger'],
    ['it is champion', { aliases: { champion: 2, challenger: 2 } }, 'release 2 is champion already'],
    ['another one is pending', { pending }, 'the promotion of release 2 is not finished yet'],
  ])('is refused when %s', (_, more, why) => {
    expect(() => promoted(state(more), promotion, author)).toThrow(new ChangeRefusedError(why));
  });

  it('needs no approval where none is wanted, but a rejection counts', () => {
    const auto = { approval: 'auto' } as const;
    expect(whyNotPromotable(state(), auto)).toBeNull();
    expect(whyNotPromotable(state({ approvals: { 2: verdict(false) } }), auto)).toMatch('rejected by bob');
  });

  it('is a conflict when another release is the challenger by now', () => {
    const moved = state({ aliases: { champion: 1, challenger: 3 } });
    expect(() => promoted(moved, promotion, author)).toThrow(
      new RegistryConflictError('the challenger is release 3 by now, not 2'),
    );
  });
});

describe('a rollback', () => {
  const before = promoted(state(), { ...promotion, approve: true }, author).state;

  it('restores both aliases, even of a promotion that is not finished', () => {
    const next = rolledBack(before, { sets }, author);
    expect(next.what).toBe('champion: 2 → 1');
    expect(next.state).toMatchObject({
      ...{ aliases: { champion: 1, challenger: 2 }, previous: null },
      pending: { change: 'rollback', release: 1, weights: sets },
    });
  });

  it('leaves a challenger that came in since', () => {
    const next = rolledBack({ ...before, aliases: { champion: 2, challenger: 3 } }, {}, author);
    expect(next.state).toMatchObject({ aliases: { champion: 1, challenger: 3 }, pending: null });
  });

  it.each<[string, RegistryState, string]>([
    ['nothing was promoted', state(), 'there is no earlier champion to go back to'],
    [
      'the champion of before is champion by hand',
      { ...before, aliases: { champion: 1, challenger: 2 } },
      'release 1 is champion already',
    ],
  ])('is refused when %s', (_, from, why) => {
    expect(() => rolledBack(from, {}, author)).toThrow(new ChangeRefusedError(why));
  });
});

describe('the end of what is pending', () => {
  const before = state({ pending });

  it('takes it away', () => {
    expect(finished(before, pending)).toEqual({
      what: 'the promotion of release 2 is finished',
      state: { ...before, pending: null },
    });
  });

  it('changes nothing when something else is pending by now', () => {
    for (const other of [null, { ...pending, since: '2026-01-02T00:00:00.000Z' }, { ...pending, release: 3 }])
      expect(finished(state({ pending: other }), pending)).toBeNull();
  });
});

it('a state of before there was anything pending can be read', () => {
  const { pending: _, ...old } = state();
  expect(registryState.parse(old)).toEqual(state());
  const written = { revision: 1, time: author.time, who: 'a', action: 'alias', what: '', reason: '', state: old };
  expect(change.parse(written).state.pending).toBeNull();
});

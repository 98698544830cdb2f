import { describe, expect, it } from 'vitest';
import { challengerSlot } from '../gateway/challenger-slot.ts';
import { followApproval } from './follow-approval.ts';
import { baseArguments, trainArguments } from './trainer-arguments.ts';

const verdict = (approved: boolean) => ({ approved, who: 'ann', time: '2026-03-01T00:00:00.000Z', reason: 'because' });
const state = (challenger: number | null, approvals = {}, champion = 1) => ({
  ...{ aliases: { champion, challenger }, approvals },
});

describe('a release that waits for approval', () => {
  const follow = (now: ReturnType<typeof state>) => followApproval({ id: 2, release: 7 }, now);

  it('waits until a person has spoken', () => {
    expect(follow(state(7))).toEqual({ do: 'nothing' });
    expect(follow(state(7, { 7: verdict(true) }))).toEqual({ do: 'start rollout', who: 'ann' });
  });

  it('ends when it is rejected, when another one is challenger, and when it is champion already', () => {
    expect(follow(state(8, { 7: verdict(false) }))).toMatchObject({
      ...{ state: 'rejected', decision: 'ann rejected release 7: because.' },
    });
    expect(follow(state(8, { 7: verdict(true) }))).toMatchObject({
      ...{ state: 'replaced', decision: 'Release 7 is not the challenger any more: release 8 is.' },
    });
    expect(follow(state(null))).toMatchObject({ state: 'replaced' });
    expect(follow(state(7, {}, 7))).toMatchObject({ state: 'replaced', decision: 'Release 7 is champion already.' });
  });
});

describe('the challenger may be replaced', () => {
  const version = (name: string, share: number) => ({
    ...{ version: name, share, weight: 100 * share, ready: true, ejected: false, ejected_until: null, reason: null },
    unfit_requests: 0,
  });
  const slot = (share: number, rollout: unknown = null, pending: unknown = null) =>
    challengerSlot({
      config: { versions: [version('v1', 1 - share), version('v2', share)] },
      releases: {
        serving: [
          { version: 'v1', release: 1, alias: 'champion' },
          { version: 'v2', release: 2, alias: 'challenger' },
        ],
        pending: pending as null,
      },
      rollout: { rollout: rollout as null },
    });

  it('while it has no traffic, no rollout runs and nothing is pending', () => {
    expect(slot(0)).toEqual({ version: 'v2', why: null });
    expect(slot(0, { state: 'done', version: 'v2' }).why).toBeNull();
    expect(slot(0.5).why).toBe('v2, which serves the challenger, carries 50 % of the traffic');
    expect(slot(0, { state: 'paused', version: 'v2' }).why).toBe('a rollout of v2 runs');
    expect(slot(0, null, { change: 'promote' }).why).toBe('a promote is not finished');
  });

  it('only where a version follows it', () => {
    const nobody = challengerSlot({
      config: { versions: [version('v1', 1)] },
      releases: { serving: [], pending: null },
      rollout: { rollout: null },
    });
    expect(nobody).toEqual({ version: null, why: 'the gateway has no version that follows the challenger' });
  });
});

describe('the trainer', () => {
  const data = { file: 'my.csv', sha256: '', rows: 1, trainRows: 1, testRows: 0, target: 'churn' };

  it('reads the base file as the champion’s card says', () => {
    const parameters = {
      ...{
        trees: 50,
        depth: 5,
        seed: 7,
        leaves: 'shares',
        header: true,
        drop: 'id, note',
        dropMissing: true,
        dropRare: 3,
      },
      ...{ types: 'zip=category, rate (a, b)=number', sample: 500, test: 'newest.csv' },
    };
    expect(baseArguments({ name: 'mine', parameters, data })).toEqual([
      ...['--name', 'mine', '--target', 'churn', '--header', '--drop', 'id, note'],
      ...['--type', 'zip=category', '--type', 'rate (a, b)=number', '--drop-missing', '--drop-rare', '3'],
      ...['--sample', '500', '--seed', '7'],
    ]);
  });

  it('trains a forest of the champion’s size on the columns and kinds of the base file', () => {
    const columns = [{ name: 'rate', title: 'rate (%)', kind: 'number' as const, missing: false }];
    const form = { columns, target: 'churn' };
    expect(trainArguments({ name: 'mine', parameters: { trees: 50, depth: 5, seed: 7 } }, form, 'v2')).toEqual([
      ...['--name', 'mine', '--target', 'churn', '--header', '--type', 'rate (%)=number', '--only', 'rate (%)'],
      ...['--forest', 'v2=50x5', '--seed', '7'],
    ]);
    // its rows are those that are left
    const rare = { dropRare: 3, dropMissing: true, header: false, sample: 500 };
    expect(trainArguments({ name: 'mine', parameters: rare }, form, 'v2')).not.toContain('--drop-rare');
    const foreign = trainArguments({ name: 'mine', parameters: {} }, form, 'v2');
    expect(foreign.slice(-2)).toEqual(['--forest', 'v2=100x7']);
  });
});

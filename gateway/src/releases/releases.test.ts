import type { Registry } from '@coppice/registry/registry';
import { EMPTY } from '@coppice/registry/registry-state';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Releases } from './releases.ts';

it('promotes nothing, and waits no longer than for a registry that is away, while the gate cannot read a report', async () => {
  const approvals = { 2: { approved: true, who: 'ana', time: '2026-01-01T00:00:00.000Z', reason: '' } };
  const state = { ...EMPTY, aliases: { champion: 1, challenger: 2 }, approvals };
  const releases = new Releases({
    registry: { place: '/r', current: async () => ({ revision: 1, state }) } as unknown as Registry,
    model: 'iris',
    control: { state: () => ({ rollout: null, weights: { v1: 1 } }) } as never,
    serving: () => [{ version: 'v1', release: 1, ready: true }],
    lookAgain: async () => {},
    gate: {
      // a folder on a network can list and yet never read
      verdict: () => new Promise(() => {}),
      judgeAgain: async () => {},
      settings: () => ({ on: true, approval: 'person', lines: [] }),
    },
    leases: { hold: async () => true, release: async () => {} },
    log: pino({ level: 'silent' }),
  });
  await expect(releases.begin({ release: 2, reason: 'x' }, 'rollout')).rejects.toThrow(StoreUnavailableError);
}, 20_000);

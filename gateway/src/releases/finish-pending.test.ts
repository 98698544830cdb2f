import type { AuditEntry, PendingChange } from '@coppice/contract';
import { EMPTY, type RegistryState } from '@coppice/registry/registry-state';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Present } from '../control/control.ts';
import { FinishPending } from './finish-pending.ts';

const since = '2026-01-01T00:00:00.000Z';
const pending: PendingChange = {
  ...{ change: 'promote', release: 2, weights: { v1: 100, v2: 0 }, since, who: 'ann', reason: 'better' },
};

/** A registry, traffic and its audit, in memory; each of them can be away. */
class World {
  state: RegistryState = { ...EMPTY, aliases: { champion: 2, challenger: 2 }, pending };
  weights: Record<string, number> = { v1: 90, v2: 10 };
  readonly audit: Pick<AuditEntry, 'who' | 'action' | 'reason' | 'time'>[] = [];
  /** What the first version serves, and will when one looks again. */
  served = 2;
  next = 2;
  ready = true;
  holds: boolean | Error = true;
  auditAway = false;
  registryAway = false;

  readonly finish = new FinishPending({
    look: async () => ({ revision: 1, state: this.state }),
    finish: async () => {
      if (this.registryAway) throw new StoreUnavailableError('away');
      this.state = { ...this.state, pending: null };
      return { revision: 2, state: this.state };
    },
    control: {
      state: () => ({ weights: this.weights }) as Present,
      update: async (change, audit) => {
        this.weights = (change as { weights: Record<string, number> }).weights;
        this.audit.push({ ...audit, time: since });
        return { weights: this.weights } as Present;
      },
      auditSince: async () => {
        if (this.auditAway) throw new Error('away');
        return this.audit as AuditEntry[];
      },
    },
    serving: () => [
      { version: 'v1', release: this.served, ready: this.ready },
      { version: 'v2', release: 2, ready: true },
    ],
    lookAgain: async () => {
      this.served = this.next;
    },
    hold: async () => {
      if (this.holds instanceof Error) throw this.holds;
      return this.holds;
    },
    log: pino({ level: 'silent' }),
  });

  run() {
    return this.finish.run(this.state);
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe('what is pending', () => {
  it('is finished once the first version serves the champion: weights, in the name of who began it, then registry', async () => {
    world.served = 1;
    world.next = 1;
    expect(await world.run()).toBeNull();
    expect(world.weights).toEqual({ v1: 90, v2: 10 });
    world.next = 2;
    expect((await world.run())?.state.pending).toBeNull();
    expect(world.weights).toEqual({ v1: 100, v2: 0 });
    expect(world.audit).toEqual([{ who: 'ann', action: 'promote release 2', reason: 'better', time: since }]);
    expect(await world.run()).toBeNull();
  });

  it.each<[string, Partial<World>]>([
    ['the version is not ready', { ready: false }],
    ['another gateway is at it', { holds: false }],
  ])('waits while %s', async (_, how) => {
    Object.assign(world, how);
    expect(await world.run()).toBeNull();
    expect([world.audit, world.state.pending]).toEqual([[], pending]);
  });

  it('sets the weights once, although the registry goes away before it is said there', async () => {
    world.registryAway = true;
    await expect(world.run()).rejects.toThrow('away');
    // somebody sets others meanwhile
    world.weights = { v1: 70, v2: 30 };
    world.registryAway = false;
    expect((await world.run())?.state.pending).toBeNull();
    expect([world.weights, world.audit.length]).toEqual([{ v1: 70, v2: 30 }, 1]);
  });

  it('is finished without the database: who finishes it is not known, and twice is as good as once', async () => {
    Object.assign(world, { holds: new Error('away'), auditAway: true, registryAway: true });
    await expect(world.run()).rejects.toThrow('away');
    await expect(world.run()).rejects.toThrow('away');
    expect([world.weights, world.audit.length]).toEqual([{ v1: 100, v2: 0 }, 1]);
  });

  it('is left to a change that came meanwhile', async () => {
    const old = world.state;
    world.state = { ...old, pending: { ...pending, change: 'rollback', since: '2026-01-02T00:00:00.000Z' } };
    expect((await world.finish.run(old))?.state).toBe(world.state);
    expect(world.audit).toEqual([]);
  });

  it('sets no weights when another release is champion by hand', async () => {
    world.state = { ...world.state, aliases: { champion: 5, challenger: 2 } };
    expect((await world.run())?.state.pending).toBeNull();
    expect(world.audit).toEqual([]);
  });

  it('gives the first version all where it names no version of this gateway', async () => {
    world.state = { ...world.state, pending: { ...pending, weights: { a: 100 } } };
    await world.run();
    expect(world.weights).toEqual({ v1: 100, v2: 0 });
  });
});

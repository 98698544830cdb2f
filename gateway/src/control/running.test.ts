import type { RolloutState } from '@coppice/contract';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { CurrentEpoch } from '../accounting/current-epoch.ts';
import type { AuditedChange, ControlState, ControlStore } from '../storage/port/control-store.ts';
import { TrafficSplit } from '../traffic/traffic-split.ts';
import { Control } from './control.ts';
import { ConflictError } from './control-errors.ts';

const canary = { v1: 99, v2: 1 };
const running = {
  ...{ version: 'v2', baseline: 'v1', state: 'running', paused_by: null, weights: canary, percent: 1, moves: [] },
} as unknown as RolloutState;
const byRollout = { who: 'rollout', action: 'rollout step', reason: 'step 1' };

/** A store in memory, and what it was given. `before`: runs before the next save. */
function memory() {
  let state: ControlState | null = null;
  const saved: { next: ControlState; change: AuditedChange }[] = [];
  const store: ControlStore = {
    load: async () => state,
    async save(next, change) {
      if (state && state.revision !== next.revision - 1) return false;
      state = structuredClone(next);
      saved.push({ next: state, change });
      return true;
    },
    audit: async () => [],
    onChange: () => {},
  };
  return {
    store,
    saved,
    behind: (change: Partial<ControlState>) => (state = { ...(state as ControlState), ...change }),
  };
}

async function start(store: ControlStore, weights: Record<string, number> = { v1: 100, v2: 0 }) {
  const versions = ['v1', 'v2'].map((name) => ({
    ...{
      name,
      available: true,
      ready: true,
      ejectedUntil: null,
      reason: null,
      mayRisk: false,
      required: [],
      unfitRequests: 0,
    },
  }));
  const traffic = new TrafficSplit({ versions, weights, salt: 'iris' });
  const epoch = new CurrentEpoch(['v1', 'v2']);
  const deps = { model: 'iris', traffic, store, environment: { weights, shadow: null }, epoch };
  const auth = { api_key: false, admin: true };
  const control = new Control({ ...deps, auth, now: () => 1000, log: pino({ level: 'silent' }) });
  await control.start();
  return { control, traffic, epoch };
}

it('changes weights, what runs and the period in one save, and audits it', async () => {
  const { store, saved } = memory();
  const { control, traffic, epoch } = await start(store);
  const { period } = epoch.now;
  const after = await control.update(
    (_, next) => ({ weights: canary, rollout: { ...running, period: next } }),
    byRollout,
    1,
  );
  expect(after).toMatchObject({ revision: 2, weights: canary, rollout: { state: 'running', period: after.period } });
  expect(traffic.weights()).toEqual(canary);
  expect(epoch.now.period).toBe(after.period);
  expect(after.period).toBeGreaterThan(period);
  expect(saved.at(-1)).toMatchObject({
    next: { revision: 2, weights: canary, rollout: { state: 'running' } },
    change: { ...byRollout, from: { weights: { v1: 100, v2: 0 } }, to: { weights: canary } },
  });
});

it('begins a period while the weights stay only when asked to', async () => {
  const { control, epoch } = await start(memory().store);
  const { period } = epoch.now;
  await control.update({ experiment: null }, { who: 'admin', action: 'experiment', reason: 'x' });
  expect(epoch.now.period).toBe(period);
  await control.update({ experiment: null, fresh: true }, { who: 'admin', action: 'experiment', reason: 'x' });
  expect(epoch.now.period).toBeGreaterThan(period);
});

it.each([
  ['a person', (control: Control) => control.patch({ weights: { v1: 1, v2: 1 }, reason: 'half' }, 'admin')],
  ['a preset', (control: Control) => control.patch({ preset: 'equal', reason: 'half' }, 'admin')],
  [
    'an experiment',
    (control: Control) => control.update({ weights: { v1: 1, v2: 1 } }, { who: 'admin', action: 'x', reason: 'half' }),
  ],
])('pauses a rollout in the same save when %s changes the weights', async (_, change) => {
  const { store, saved } = memory();
  const { control } = await start(store);
  await control.update({ weights: canary, rollout: running }, byRollout);
  await change(control);
  expect(saved).toHaveLength(3);
  expect(saved.at(-1)?.next.rollout).toMatchObject({
    ...{ state: 'paused', paused_by: 'human' },
    moves: [{ who: 'admin', state: 'paused', reason: 'admin changed the weights: half' }],
  });
});

it('pauses it when the environment has other weights at the start', async () => {
  const { store, saved } = memory();
  const { control } = await start(store);
  await control.update({ weights: canary, rollout: running }, byRollout);
  await start(store, { v1: 50, v2: 50 });
  expect(saved.at(-1)?.next).toMatchObject({ weights: { v1: 50 }, rollout: { state: 'paused', paused_by: 'human' } });
});

it('lets it run when it starts again, or another shadow gets copies', async () => {
  const { store, saved } = memory();
  const { control } = await start(store);
  await control.update({ weights: canary, rollout: running }, byRollout);
  const again = await start(store);
  await again.control.patch({ shadow: 'v2', reason: 'see' }, 'admin');
  expect(saved.at(-1)?.next).toMatchObject({ shadow: 'v2', weights: canary, rollout: { state: 'running' } });
});

it('refuses what was decided on another revision, and changes nothing', async () => {
  const { store, saved, behind } = memory();
  const { control } = await start(store);
  await expect(control.update({ weights: canary }, byRollout, 7)).rejects.toThrow(ConflictError);
  behind({ revision: 2, weights: { v1: 3, v2: 1 } });
  await expect(control.update({ weights: canary }, byRollout, 1)).rejects.toThrow(ConflictError);
  expect(saved).toHaveLength(1);
  expect(control.state()).toMatchObject({ revision: 2, weights: { v1: 3, v2: 1 } });
});

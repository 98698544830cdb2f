import type { RolloutState } from '@coppice/contract';
import { expect, it } from 'vitest';
import { DatabaseHealth } from './database-health.ts';
import { LinkedControlStore } from './linked-control-store.ts';
import { type AuditedChange, type ControlState, nothingRuns } from './port/control-store.ts';
import { StorageUnavailableError } from './port/errors.ts';
import type { StoreLink } from './worker/worker-link.ts';

/** A database that others use too; `away`: this gateway cannot reach it. */
class SharedRow {
  away = false;
  state: ControlState = stateOf(5, { v1: 95, v2: 5 }, 'running');
  readonly audit: AuditedChange[] = [];

  readonly link = {
    call: async (_store: string, method: string, [next, change]: [ControlState, AuditedChange]) => {
      if (this.away) throw new StorageUnavailableError('away');
      if (method === 'load') return this.state;
      if (next.revision !== this.state.revision + 1) return false;
      this.state = next;
      this.audit.push(change);
      return true;
    },
  } as unknown as StoreLink<'control'>;
}

function stateOf(revision: number, weights: Record<string, number>, state: RolloutState['state']): ControlState {
  const environment = { weights: { v1: 100, v2: 0 }, shadow: null };
  return { ...nothingRuns, revision, weights, shadow: null, environment, rollout: { state } as RolloutState };
}
const change = (who: string, action: string): AuditedChange => ({ who, action, reason: 'x', from: null, to: null });

async function gatewayOn(database: SharedRow) {
  const log = { info: () => {}, warn: () => {} } as unknown as ConstructorParameters<typeof DatabaseHealth>[0]['log'];
  const health = new DatabaseHealth({ log, onWritable: () => {} });
  const control = new LinkedControlStore(database.link, health);
  const adopted: ControlState[] = [];
  control.onChange((state) => adopted.push(state));
  await control.load();
  return {
    control,
    adopted,
    async back() {
      database.away = false;
      health.succeeded();
      await expect.poll(() => adopted.length).toBe(1);
      health.stop();
    },
  };
}

it('writes what a rollout took back while the database was away', async () => {
  const database = new SharedRow();
  const { control, back } = await gatewayOn(database);
  database.away = true;
  await control.save(stateOf(6, { v1: 100, v2: 0 }, 'rolled_back'), change('rollout', 'rollout rolled back'));
  await back();
  expect(database.state).toMatchObject({ revision: 6, weights: { v2: 0 }, rollout: { state: 'rolled_back' } });
  expect(database.audit).toMatchObject([{ action: 'rollout rolled back' }]);
});

it('drops that when others changed the state meanwhile, and takes theirs over', async () => {
  const database = new SharedRow();
  const { control, adopted, back } = await gatewayOn(database);
  database.away = true;
  await control.save(stateOf(6, { v1: 100, v2: 0 }, 'rolled_back'), change('rollout', 'rollout rolled back'));
  database.state = stateOf(6, { v1: 0, v2: 100 }, 'done');
  await back();
  expect(database.state).toMatchObject({ revision: 7, weights: { v2: 100 }, rollout: { state: 'done' } });
  expect(adopted[0]).toMatchObject({ revision: 7, weights: { v2: 100 } });
  expect(database.audit).toMatchObject([{ who: 'rollout', action: 'rollout rolled back, dropped' }]);
});

it("puts a person's change of meanwhile on top of those of others", async () => {
  const database = new SharedRow();
  const { control, back } = await gatewayOn(database);
  database.away = true;
  await control.save(stateOf(6, { v1: 50, v2: 50 }, 'paused'), change('admin', 'weights'));
  database.state = stateOf(6, { v1: 0, v2: 100 }, 'done');
  await back();
  expect(database.state).toMatchObject({ revision: 7, weights: { v1: 50, v2: 50 } });
});

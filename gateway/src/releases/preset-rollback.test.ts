import type { ConfigPatch, ConfigView } from '@coppice/contract';
import { ChangeRefusedError, RegistryConflictError } from '@coppice/registry/errors';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { expect, it } from 'vitest';
import { presetRollback } from './preset-rollback.ts';

const never = () => new Promise<never>(() => {});
const patch: ConfigPatch = { preset: 'rollback', reason: 'bad' };

function setUp({
  look = async () => {},
  rollback = async () => {},
}: {
  look?: () => Promise<void>;
  rollback?: () => Promise<void>;
}) {
  const done: string[] = [];
  const view = { weights: { v1: 100, v2: 0 } } as unknown as ConfigView;
  const deps = {
    control: {
      state: () => ({ weights: { v1: 50, v2: 50 }, shadow: null, revision: 4 }) as never,
      view: () => view,
      async patch({ preset, shadow }: ConfigPatch) {
        done.push(preset ?? `shadow ${shadow}`);
        return view;
      },
    },
    look,
    seen: () => ({ aliases: { champion: 2, challenger: 2 }, previous: { champion: 1, challenger: 2, weights: null } }),
    async rollback() {
      await rollback();
      done.push('promotion');
    },
  };
  return { done, run: (more: Partial<ConfigPatch> = {}) => presetRollback({ ...patch, ...more }, 'ana', deps) };
}

it('takes the promotion back, and the shadow as it is wanted', async () => {
  const { done, run } = setUp({});
  await run({ shadow: 'v2' });
  expect(done).toEqual(['promotion', 'shadow v2']);
});

it('sets the weights within a second where the registry hangs, then takes the promotion back if it can', async () => {
  const { done, run } = setUp({ look: never });
  await run({ shadow: 'v2' });
  expect(done).toEqual(['rollback', 'promotion']);
});

it('sets the weights where the registry takes no change, and says so', async () => {
  const away = async () => {
    throw new StoreUnavailableError('/r: EIO');
  };
  for (const look of [undefined, away]) {
    const { done, run } = setUp({ ...(look ? { look } : {}), rollback: away });
    await expect(run()).rejects.toThrow('/r: EIO; weights are rolled back, and release 2 stays champion');
    expect(done).toEqual(['rollback']);
  }
});

it('sets the weights where others were faster', async () => {
  const refused = setUp({
    async rollback() {
      throw new ChangeRefusedError('there is no earlier champion to go back to');
    },
  });
  await refused.run();
  expect(refused.done).toEqual(['rollback']);
  const conflict = setUp({
    async rollback() {
      throw new RegistryConflictError('changed meanwhile');
    },
  });
  await expect(conflict.run()).rejects.toThrow(RegistryConflictError);
  expect(conflict.done).toEqual(['rollback']);
});

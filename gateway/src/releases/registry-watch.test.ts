import type { Current, Registry } from '@coppice/registry/registry';
import { EMPTY } from '@coppice/registry/registry-state';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { until } from '@coppice/testkit/waiting/until';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { RegistryWatch } from './registry-watch.ts';

/** A registry at a revision, which may be away, or never answer. */
function watched() {
  const seen: number[] = [];
  const of = { revision: 1, trouble: null as Error | 'silence' | null, looks: 0, answer: () => {} };
  const registry = {
    place: '/registry',
    async current(): Promise<Current> {
      of.looks++;
      if (of.trouble === 'silence')
        await new Promise<void>((resolve) => {
          of.answer = resolve;
        });
      else if (of.trouble) throw of.trouble;
      return { revision: of.revision, state: { ...EMPTY, aliases: { champion: of.revision, challenger: null } } };
    },
  } as unknown as Registry;
  const watch = new RegistryWatch({
    registry,
    onLook: async ({ aliases }) => seen.push(aliases.champion ?? 0),
    log: pino({ level: 'silent' }),
    ...{ everyMs: 5, patienceMs: 20 },
  });
  onTestFinished(() => watch.stop());
  return { watch, of, seen };
}

it('knows nothing before its first look, then what is new, with one request for each look', async () => {
  const { watch, of, seen } = watched();
  expect(watch.seen).toEqual({ revision: 0, state: EMPTY });
  watch.start();
  await until(() => expect(watch.seen.revision).toBe(1));
  of.revision = 2;
  await until(() => expect(seen.at(-1)).toBe(2));
  await watch.stop();
  expect(of.looks).toBe(seen.length);
});

it.each([
  [new StoreUnavailableError('/registry: no such host'), '/registry: no such host'],
  ['silence' as const, '/registry does not answer within 0.02 s'],
])('keeps what it saw last while the registry is away, and says why', async (trouble, words) => {
  const { watch, of } = watched();
  await watch.look();
  of.trouble = trouble;
  await expect(watch.look()).rejects.toThrow(StoreUnavailableError);
  expect([watch.seen.revision, watch.trouble]).toEqual([1, words]);
  of.trouble = null;
  of.answer();
  watch.start();
  await until(() => expect(watch.trouble).toBeNull());
});

it('asks a registry that hangs for nothing more until it has answered', async () => {
  const { watch, of } = watched();
  of.trouble = 'silence';
  watch.start();
  await until(() => expect(watch.trouble).not.toBeNull());
  for (let i = 0; i < 3; i++) await expect(watch.look()).rejects.toThrow(StoreUnavailableError);
  expect(of.looks).toBe(1);
  of.trouble = null;
  of.answer();
  await until(() => expect(watch.trouble).toBeNull());
  expect(watch.seen.revision).toBe(1);
});

it('never goes back to an older state', async () => {
  const { watch } = watched();
  watch.note({ revision: 5, state: EMPTY });
  await watch.look();
  expect(watch.seen.revision).toBe(5);
});

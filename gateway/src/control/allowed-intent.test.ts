import type { ConfigPatch } from '@coppice/contract';
import { expect, it } from 'vitest';
import { allowedIntent } from './allowed-intent.ts';
import { ConflictError } from './control-errors.ts';

const traffic = {
  versions: ['v1', 'v2', 'v3'],
  keptOut: (version: string) => (version === 'v2' ? 'release 7 is not approved' : null),
};
const current = { weights: { v1: 40, v2: 40, v3: 20 }, shadow: null };
const wanted = (patch: Omit<ConfigPatch, 'reason'>) => allowedIntent({ reason: 'x', ...patch }, current, traffic);

it('lets a version that is kept out keep or lose weight, and have the shadow', () => {
  expect(wanted({ weights: { v1: 2, v2: 2, v3: 1 } }).weights).toEqual({ v1: 2, v2: 2, v3: 1 });
  expect(wanted({ weights: { v1: 1, v2: 0, v3: 1 } }).weights).toEqual({ v1: 1, v2: 0, v3: 1 });
  expect(wanted({ preset: 'rollback' }).weights).toEqual({ v1: 100, v2: 0, v3: 0 });
  expect(wanted({ shadow: 'v2' })).toEqual({ ...current, shadow: 'v2' });
});

it('lets the preset rollback give the first version all weight, even where that is kept out', () => {
  const none = { ...traffic, keptOut: () => 'the registry has not been read' };
  expect(allowedIntent({ preset: 'rollback', reason: 'x' }, current, none).weights).toEqual({ v1: 100, v2: 0, v3: 0 });
  expect(() => allowedIntent({ preset: 'full', reason: 'x' }, current, none)).toThrow(ConflictError);
});

it('refuses it a larger share, with the reason and where', () => {
  const refused = (patch: Omit<ConfigPatch, 'reason'>, pointer: string) => {
    const detail = 'release 7 is not approved';
    const message = `v2 may get no more weight: ${detail}. Shadow and replay are allowed.`;
    expect(() => wanted(patch)).toThrow(ConflictError);
    expect(() => wanted(patch)).toThrow(expect.objectContaining({ message, errors: [{ pointer, detail }] }));
  };
  refused({ weights: { v1: 0, v2: 1, v3: 0 } }, '/weights/v2');
  refused({ weights: { v1: 40, v2: 40, v3: 0 } }, '/weights/v2');
});

import { EMPTY } from '@coppice/registry/registry-state';
import { expect, it } from 'vitest';
import { releasesHead } from './releases-view.ts';

const gate = { settings: () => ({ on: false, approval: 'person', lines: [] }) } as never;
const head = (state: typeof EMPTY) => releasesHead({ revision: 1, state }, { serving: [], gate });

it('names what another program offers, and nothing where nobody offers', () => {
  const offers = [{ alias: 'champion' as const, release: 3, who: 'mlflow', since: '2026-01-01T00:00:00.000Z' }];
  expect(head({ ...EMPTY, offers })).toMatchObject({ champion: null, offers });
  expect(head(EMPTY)).not.toHaveProperty('offers');
});

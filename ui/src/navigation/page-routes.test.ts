import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { pageRoutes } from './page-routes.ts';

const src = fileURLToPath(new URL('..', import.meta.url));
const folders = globSync('*/*Route.svelte', { cwd: src }).map((file) => file.split(/[\\/]/)[0]);

it('has one component for each route, and a route for each component', () => {
  expect(folders.toSorted()).toEqual(pageRoutes.map(({ name }) => name).toSorted());
});

it('has names that need no escaping in an address', () => {
  for (const { name } of pageRoutes) expect(name).toMatch(/^[a-z][a-z-]*$/);
});

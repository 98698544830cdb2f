import { expect, it } from 'vitest';
import { imageTable } from './image-table.ts';

it('lists what images add to their base, and names those that add too much', () => {
  const base = { base: 'node:26', baseSize: 290e6 };
  const { text, over } = imageTable([
    { name: 'gateway', size: 320e6, ...base, limit: 60 },
    { name: 'ui', size: 351e6, ...base, limit: 60 },
    { name: 'trainer', size: 999e6, ...base, limit: undefined },
    { name: 'model', size: undefined, ...base, limit: 120 },
  ]);
  expect(text.split('\n')).toEqual([
    'image        size      adds   limit  to',
    'gateway  320.0 MB   30.0 MB   60 MB  node:26',
    'ui       351.0 MB   61.0 MB   60 MB  node:26',
    'trainer  999.0 MB  709.0 MB          node:26',
    'model     missing            120 MB  node:26',
  ]);
  expect(over).toEqual(['ui']);
});

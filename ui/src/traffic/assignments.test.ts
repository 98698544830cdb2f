import { expect, it } from 'vitest';
import { countAssignments } from './assignments.ts';

const row = (
  id: string,
  version: string,
  user: string | null = null,
  route: 'weighted' | 'sticky' | 'pinned' = 'weighted',
) => ({
  prediction_id: id,
  model_version: version,
  user_hash: user,
  route,
});

it('counts a sticky user once and a pinned request not at all', () => {
  const rows = [
    row('6', 'v1', 'ann', 'sticky'),
    row('5', 'v2', 'ann', 'sticky'),
    row('4', 'v2', 'bob', 'sticky'),
    row('3', 'v1'),
    row('2', 'v1'),
    row('1', 'v2', null, 'pinned'),
  ];
  expect(countAssignments(rows)).toEqual({ v1: 3, v2: 1 });
});

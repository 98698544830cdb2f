import type { RolloutMove } from '@coppice/contract';
import { expect, it } from 'vitest';
import { moveText } from './rollout-text.ts';

const move = (changes: Partial<RolloutMove>): RolloutMove => ({
  ...{ time: '2026-01-01T10:00:00.000Z', who: 'admin', state: 'paused', paused_by: 'self', percent: 10, reason: 'x' },
  ...changes,
});

it('names the percentage of a change, unless the weights are those of others', () => {
  const line = (changes: Partial<RolloutMove>) => moveText({ moves: [move(changes)] }, 0);
  expect(line({ state: 'running', paused_by: null })).toBe('2026-01-01T10:00:00Z  running at 10 %  admin: x');
  expect(line({})).toBe('2026-01-01T10:00:00Z  paused at 10 %  admin: x');
  expect(line({ paused_by: 'human' })).toBe("2026-01-01T10:00:00Z  paused by others' weights  admin: x");
  expect(line({ state: 'rolled_back', paused_by: null, percent: 0 })).toContain('rolled back at 0 %');
});

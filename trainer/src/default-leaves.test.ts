import { expect, it } from 'vitest';
import { defaultLeaves } from './default-leaves.ts';

const plain = { kind: 'number', column: 'x', fill: 0, missing: false } as const;

it('leaves of numbers without gaps vote, unless there are many classes; leaves of a mixed table share', () => {
  expect(defaultLeaves({ steps: [plain] }, 3)).toBe('votes');
  expect(defaultLeaves({ steps: [plain] }, 54)).toBe('shares');
  expect(defaultLeaves({ steps: [plain, { ...plain, missing: true }] }, 3)).toBe('shares');
  expect(defaultLeaves({ steps: [{ kind: 'boolean', column: 'b', fill: 0, missing: false }] }, 2)).toBe('shares');
});

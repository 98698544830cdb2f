import { expect, it } from 'vitest';
import { auditChange } from './audit-change.ts';

it.each([
  [{ weights: { v1: 50, v2: 50 } }, { weights: { v1: 90, v2: 10 } }, 'v1 50 → 90, v2 50 → 10'],
  [null, { weights: { v1: 50, v2: 50 }, shadow: null }, 'v1 50, v2 50'],
  [{ weights: { v1: 1 }, shadow: null }, { weights: { v1: 1 }, shadow: 'v2' }, 'shadow – → v2'],
  [{ weights: { v1: 1 } }, { weights: { v1: 1, v2: 1 } }, 'v2 – → 1'],
  ['odd', 7, 'no change'],
])('%j to %j is "%s"', (from, to, words) => expect(auditChange(from, to)).toBe(words));

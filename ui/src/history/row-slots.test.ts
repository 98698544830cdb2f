import { seededRandom } from '@coppice/testkit/seeded-random';
import { describe, expect, it } from 'vitest';
import { RowSlots } from './row-slots.ts';

describe('the slots of drawn rows', () => {
  it('go to others in order when all rows change', () => {
    const slots = new RowSlots();
    expect(slots.assign(['a', 'b', 'c'])).toEqual([0, 1, 2]);
    expect(slots.assign(['d', 'e', 'f'])).toEqual([0, 1, 2]);
  });

  it('stay with the rows that stay, wherever these stand', () => {
    const slots = new RowSlots();
    slots.assign(['a', 'b', 'c', 'd']);
    expect(slots.assign(['c', 'd', 'e', 'f'])).toEqual([2, 3, 0, 1]);
    expect(slots.assign(['x', 'c', 'y', 'z', 'e'])).toEqual([3, 2, 1, 4, 0]);
  });

  it('grow and shrink with the rows', () => {
    const slots = new RowSlots();
    slots.assign(['a', 'b', 'c']);
    expect(slots.assign(['b'])).toEqual([1]);
    expect(slots.assign(['b', 'c', 'd'])).toEqual([1, 0, 2]);
    expect(slots.assign([])).toEqual([]);
  });

  it('are each given once, and kept, whatever comes and goes', () => {
    const random = seededRandom(7);
    const slots = new RowSlots();
    let before = new Map<string, number>();
    for (let step = 0; step < 500; step++) {
      const from = Math.floor(random() * 60);
      const ids = Array.from({ length: Math.floor(random() * 30) }, (_, i) => `row ${from + i}`);
      const now = new Map(slots.assign(ids).map((slot, i) => [ids[i] as string, slot]));
      expect(new Set(now.values()).size).toBe(ids.length);
      for (const [id, slot] of before) if (now.has(id)) expect(now.get(id)).toBe(slot);
      before = now;
    }
  });
});

import { expect, it } from 'vitest';
import { newIds } from './new-ids.ts';

it.each([1, 2, 1024])('%i ids are uuids of version 7 of this moment, each another', (n) => {
  const before = Date.now();
  const ids = newIds(n);
  const after = Date.now();
  expect(ids).toHaveLength(n);
  expect(new Set(ids).size).toBe(n);
  for (const id of ids) {
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    const time = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(after);
  }
});

it('every bit but version and variant is random', () => {
  const ids = newIds(1024).map((id) => BigInt(`0x${id.replaceAll('-', '')}`));
  const fixed = new Set([...Array(48).keys(), 48, 49, 50, 51, 64, 65]);
  for (let bit = 0; bit < 128; bit++) {
    if (fixed.has(bit)) continue;
    const ones = ids.filter((id) => (id >> BigInt(127 - bit)) & 1n).length;
    // ten standard deviations
    expect(Math.abs(ones - 512)).toBeLessThan(160);
  }
});

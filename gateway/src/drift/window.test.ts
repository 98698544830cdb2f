import { describe, expect, it } from 'vitest';
import { DriftWindow } from './window.ts';

describe('the drift window', () => {
  it('holds the last rows, oldest first', () => {
    const window = new DriftWindow(3, 2);
    for (let i = 1; i <= 5; i++) window.add([i, -i], i % 2, i < 5 ? 'v10' : 'v2');
    expect(window.size).toBe(3);
    expect(window.added).toBe(5);
    expect(window.rows()).toEqual([
      { features: [3, -3], label: 1, version: 'v10' },
      { features: [4, -4], label: 0, version: 'v10' },
      { features: [5, -5], label: 1, version: 'v2' },
    ]);
    expect(window.sorted(1)).toEqual([-5, -4, -3]);
    expect(window.versions()).toEqual(['v2', 'v10']);
    expect(window.classCounts(3, 'v10')).toEqual([1, 1, 0]);
    expect(window.classCounts(3, 'v2')).toEqual([0, 1, 0]);
  });

  it('copies what it is given', () => {
    const window = new DriftWindow(2, 1);
    const row = [1];
    window.add(row, 0, 'v1');
    row[0] = 9;
    expect(window.sorted(0)).toEqual([1]);
  });

  it('keeps numbers whose squares would overflow within bounds', () => {
    const window = new DriftWindow(2, 1);
    window.add([Number.MAX_VALUE], 0, 'v1');
    window.add([-Number.MAX_VALUE], 0, 'v1');
    expect(window.sorted(0)).toEqual([-1e150, 1e150]);
  });

  it('can be emptied', () => {
    const window = new DriftWindow(2, 1);
    window.add([1], 0, 'v1');
    window.clear();
    expect([window.size, window.rows(), window.classCounts(1, 'v1')]).toEqual([0, [], [0]]);
  });
});

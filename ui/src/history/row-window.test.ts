import { describe, expect, it } from 'vitest';
import { heightOf, type RowSizes, rowWindow, scrollTo, topOf } from './row-window.ts';

const closed: RowSizes = { count: 10_000, row: 36, open: null };
const opened: RowSizes = { ...closed, open: { index: 10, height: 300 } };

describe.each([closed, opened])('%j', (sizes) => {
  it('draws every row that is in view, and never many', () => {
    for (let top = 0; top <= heightOf(sizes) - 600; top += 97) {
      const { from, to } = rowWindow({ top, height: 600 }, sizes);
      expect(from).toBeLessThanOrEqual(Math.max(0, firstInView(top, sizes)));
      expect(topOf(to, sizes)).toBeGreaterThanOrEqual(Math.min(top + 600, heightOf(sizes)));
      expect(to - from).toBeLessThanOrEqual(36);
    }
  });

  it('ends with the last row', () => {
    expect(rowWindow({ top: heightOf(sizes) - 600, height: 600 }, sizes).to).toBe(10_000);
  });
});

it('draws nothing of nothing, and rows of a list that became shorter', () => {
  expect(rowWindow({ top: 0, height: 600 }, { ...closed, count: 0 })).toEqual({ from: 0, to: 0 });
  expect(rowWindow({ top: 9000, height: 600 }, { ...closed, count: 3 })).toEqual({ from: 0, to: 3 });
});

it('keeps an open row while its detail is in view', () => {
  expect(rowWindow({ top: 600, height: 50 }, opened).from).toBeLessThanOrEqual(10);
});

it('scrolls as little as shows the row', () => {
  const view = { top: 1000, height: 600 };
  expect(scrollTo(30, view, closed)).toBe(1000);
  expect(scrollTo(0, view, closed)).toBe(0);
  expect(scrollTo(100, view, closed)).toBe(101 * 36 - 600);
});

function firstInView(top: number, sizes: RowSizes): number {
  let index = 0;
  while (index < sizes.count && topOf(index + 1, sizes) <= top) index++;
  return index;
}

import { describe, expect, it } from 'vitest';
import { judge } from './bars.ts';

const of = (median: number) => ({ median, low: median, high: median });

describe('the bars', () => {
  it('judges only what was measured', () => {
    expect(judge({})).toEqual([]);
    expect(judge({ added: 0.4 })).toEqual([
      { name: 'added to a model server, 1 connection, median', bar: '≤ 0.5 ms', value: 0.4, unit: 'ms', pass: true },
    ]);
  });

  it('lets a value at the bar pass and one beyond it fall short', () => {
    const pass = (ratio: number) => judge({ ratio: { nginx: { 128: ratio } } }).map((bar) => bar.pass);
    expect(pass(1.3)).toEqual([true]);
    expect(pass(1.299)).toEqual([false]);
    expect(judge({ rateP99: 10.01 })[0]?.pass).toBe(false);
  });

  it('holds the largest model server to its bar', () => {
    const memory = { gateway: 100, gatewayBatches: 140, models: [90, 151], page: 60 };
    expect(judge({ memory }).filter((bar) => !bar.pass)).toMatchObject([{ value: 151 }]);
  });

  it('judges by the median, and says where the spread spans the bar', () => {
    const judged = (median: number, low: number, high: number) =>
      judge({ processor: { 32: { median, low, high } } }).map(({ pass, close, spread }) => [pass, close, spread]);
    expect(judged(0.37, 0.36, 0.379)).toEqual([[true, false, [0.36, 0.379]]]);
    expect(judged(0.37, 0.36, 0.39)).toEqual([[true, true, [0.36, 0.39]]]);
    expect(judged(0.39, 0.37, 0.4)).toEqual([[false, true, [0.37, 0.4]]]);
    expect(judge({ versions: { four: of(0.81), eight: of(0.54), idle: of(0.99) } }).map(({ pass }) => pass)).toEqual([
      ...[true, false, true],
    ]);
  });

  it('holds a large record to its bars in processor time and while it is trimmed', () => {
    const rest = { historyMs: 1, performanceMs: 1, throughputRatio: 1, comparisonMs: 1 };
    const trimming = { median: 1.9, low: 1.2, high: 2.1 };
    expect(judge({ record: { ...rest, processor: of(0.96), trimming } }).slice(0, 2)).toMatchObject([
      { value: 0.96, pass: false, close: false },
      { value: 1.9, pass: true, close: true, spread: [1.2, 2.1] },
    ]);
  });

  it('holds the slowest answers to milliseconds', () => {
    expect(judge({ tail: { p99: 6, p999: 20.1 } }).map(({ pass }) => pass)).toEqual([true, false]);
  });

  it('holds the page to what a visitor feels', () => {
    const bars = judge({ page: { lcpMs: 900, cls: 0.021, keyMs: 20 } });
    expect(bars.map(({ value, pass }) => [value, pass])).toEqual([
      [900, true],
      [0.021, false],
      [20, true],
    ]);
  });

  it('holds the upper limit to an old commit to its bar, at each number of connections', () => {
    const bars = judge({ processorToOld: { 32: 1.05, 128: 1.051 } });
    expect(bars.map(({ name, pass }) => [name.includes('32'), pass])).toEqual([
      [true, true],
      [false, false],
    ]);
  });
});

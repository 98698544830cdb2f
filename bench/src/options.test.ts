import { describe, expect, it } from 'vitest';
import { parts, readOptions } from './options.ts';

describe('options of the benchmark', () => {
  it('runs everything by default', () => {
    expect(readOptions([])).toMatchObject({ parts, rounds: 5, seconds: 4, quick: false });
  });

  it('is shorter when asked to be quick, unless told how long', () => {
    expect(readOptions(['--quick', '--rounds', '9'])).toMatchObject({ rounds: 9, seconds: 1, quick: true });
  });

  it('keeps the order of the parts whatever order they are named in', () => {
    expect(readOptions(['--only', 'rate, throughput']).parts).toEqual(['throughput', 'rate']);
  });

  it.each([
    [['--only', 'speed'], '--only speed is not allowed'],
    [['--rounds', '0'], 'from 1 to 100'],
    [['--seconds', '1.5'], 'a whole number'],
    [['--fast'], '--help lists the options'],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import { parts, readOptions } from './options.ts';

describe('options of the benchmark', () => {
  it('runs everything by default', () => {
    expect(readOptions([])).toMatchObject({ parts, rounds: 5, seconds: 4, quick: false });
  });

  it('is shorter with --quick, unless a length is given', () => {
    expect(readOptions(['--quick', '--rounds', '9'])).toMatchObject({ rounds: 9, seconds: 1, quick: true });
  });

  it('takes the minutes of the slowest answers', () => {
    expect(readOptions([]).minutes).toBe(10);
    expect(readOptions(['--quick']).minutes).toBe(1 / 3);
    expect(readOptions(['--only', 'tail', '--minutes', '2']).minutes).toBe(2);
  });

  it('keeps the order of the parts whatever order they are named in', () => {
    expect(readOptions(['--only', 'rate, throughput']).parts).toEqual(['throughput', 'rate']);
  });

  it('compares with an old commit by enough pairs for an interval', () => {
    expect(readOptions(['--only', 'processor', '--against', 'v1.0']).against).toBe('v1.0');
    const { pairs, requests, connections, rate } = readOptions([]).processor;
    expect(pairs).toBeGreaterThanOrEqual(10);
    expect({ requests, connections, rate }).toEqual({ requests: 32_000, connections: [32, 128], rate: undefined });
  });

  it('takes the load of processor time from the command line', () => {
    const flags = [
      '--only',
      'processor',
      '--pairs',
      '20',
      '--requests',
      '1000',
      '--connections',
      '1, 64',
      '--rate',
      '500',
    ];
    expect(readOptions(flags).processor).toEqual({ pairs: 20, requests: 1000, connections: [1, 64], rate: 500 });
  });

  it.each([
    [['--only', 'speed'], '--only speed is not allowed'],
    [['--rounds', '0'], 'from 1 to 100'],
    [['--seconds', '1.5'], 'a whole number'],
    [['--minutes', '0'], 'from 1 to 600'],
    [['--only', 'batch', '--pairs', '9'], 'it is for the parts processor and versions'],
    [['--fast'], '--help lists the options'],
    [['--only', 'processor', '--pairs', '5'], 'from 6 to 1000'],
    [['--only', 'processor', '--connections', '32,'], '--connections  is not allowed'],
    [['--only', 'rate', '--rate', '5'], '--rate is not allowed: it is for the part processor'],
    [['--against', 'HEAD'], '--against is not allowed with other parts'],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from './options.ts';

describe('the command line of simulate', () => {
  it('has defaults', () => {
    expect(readOptions([], {})).toEqual({
      gateway: 'http://127.0.0.1:5000',
      rate: 100,
      durationMs: 60_000,
      users: 500,
      shifts: [],
      noise: 0,
      feedback: 0,
      errors: 0,
      versionPin: undefined,
      apiKey: undefined,
      bad: {},
      spoiler: 'http://127.0.0.1:5099',
      seed: 1,
    });
  });

  it('looks for the gateway where npm start runs it', () => {
    const gatewayOf = (env: Record<string, string>) => readOptions([], env)?.gateway;
    expect(gatewayOf({ BIND_ADDRESS: '::1', GATEWAY_PORT: '5001' })).toBe('http://[::1]:5001');
    expect(gatewayOf({ BIND_ADDRESS: '0.0.0.0' })).toBe('http://127.0.0.1:5000');
    expect(gatewayOf({ BIND_ADDRESS: '::1', GATEWAY_URL: 'https://a.example' })).toBe('https://a.example');
  });

  it('reads the example of the documentation', () => {
    const line =
      '--rate 100 --duration 60s --users 500 --shift petal_width=+1.5sd --noise 0.1 --feedback 0.8 --errors 0.01';
    expect(readOptions(line.split(' '), { GATEWAY_PORT: '5001', API_KEY: 'k' })).toMatchObject({
      gateway: 'http://127.0.0.1:5001',
      shifts: [{ feature: 'petal_width', by: 1.5, unit: 'sd' }],
      noise: 0.1,
      feedback: 0.8,
      errors: 0.01,
      apiKey: 'k',
    });
  });

  it('takes bad versions', () => {
    const bad = (...texts: string[]) =>
      readOptions(
        texts.flatMap((text) => ['--bad', text]),
        {},
      )?.bad;
    expect(bad('v2:errors=0.02')).toEqual({ v2: { errors: 0.02, flips: 0, latency: 1 } });
    expect(bad('v2:latency=1.5,accuracy=-0.03', 'v3:errors=1')).toEqual({
      v2: { errors: 0, flips: 0.03, latency: 1.5 },
      v3: { errors: 1, flips: 0, latency: 1 },
    });
    for (const wrong of [
      'v2',
      'v2:',
      'v2:errors=2',
      'v2:accuracy=0.03',
      'v2:latency=0.5',
      'v2:speed=2',
      'iris:errors=1',
    ])
      expect(() => bad(wrong), wrong).toThrow(/--bad .* is not allowed: must be such as v2:errors=0.02/);
    expect(() => bad('v2:errors=0.1', 'v2:latency=2')).toThrow('given once for v2, its parts joined by commas');
  });

  it.each([
    ['500ms', 500],
    ['90', 90_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
  ])('takes %s as %d ms', (duration, ms) => {
    expect(readOptions(['--duration', duration], {})?.durationMs).toBe(ms);
  });

  it('keeps the path of an address behind a proxy', () => {
    expect(readOptions(['--gateway', 'https://host:8501/api/'], {})?.gateway).toBe('https://host:8501/api');
  });

  it('returns null for --help', () => {
    expect(readOptions(['--help'], {})).toBeNull();
  });

  it.each([
    [['--rate', '0'], '--rate 0 is not allowed: must be a number from 0.01 to 100000.'],
    [['--rate', ''], '--rate  is not allowed'],
    [['--duration', '60 s'], '--duration 60 s is not allowed: must be a time such as 500ms, 60s, 10m or 1h.'],
    [['--duration', '0s'], '--duration 0s is not allowed'],
    [['--users', '1.5'], '--users 1.5 is not allowed: must be a whole number from 0 to 1000000.'],
    [
      ['--shift', 'petal_width'],
      '--shift petal_width is not allowed: must be NAME=+1.5sd, NAME=-0.3, NAME=value:0.3 or NAME=missing:0.05 (a share from 0 to 1).',
    ],
    [['--feedback', '80'], '--feedback 80 is not allowed: must be a number from 0 to 1.'],
    [
      ['--gateway', 'localhost:5000'],
      '--gateway localhost:5000 is not allowed: must be an http:// or https:// address.',
    ],
    [
      ['--gateway', 'ftp://user:secret@host'],
      '--gateway ftp://***@host is not allowed: must be an http:// or https:// address.',
    ],
    [['--speed', '3'], "Unknown option '--speed'. --help lists the options."],
  ])('refuses %j', (args, words) => {
    expect(() => readOptions(args, {})).toThrow(UsageError);
    expect(() => readOptions(args, {})).toThrow(words);
  });
});

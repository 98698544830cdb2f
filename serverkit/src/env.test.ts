import { describe, expect, it } from 'vitest';
import { ConfigError, envChoice, envInteger, envNumber, envPort, envSecret, envUrl } from './env.ts';

describe('settings from the environment', () => {
  it.each([
    [{}, 7],
    [{ X: '' }, 7],
    [{ X: ' 42 ' }, 42],
  ])('reads a whole number from %j', (env, expected) => {
    expect(envInteger(env, 'X', { fallback: 7 })).toBe(expected);
  });

  it.each(['1.5', '-1', 'ten', '1e3', '0x10', '99999999999999999'])(
    'refuses %s as a whole number and names the variable',
    (X) => {
      expect(() => envInteger({ X }, 'X', { fallback: 7 })).toThrow(ConfigError);
      expect(() => envInteger({ X }, 'X', { fallback: 7 })).toThrow(
        `X=${X} is not allowed: a whole number of 0 or more is`,
      );
    },
  );

  it('names the allowed range', () => {
    expect(() => envPort({ P: '70000' }, 'P', 1)).toThrow('P=70000 is not allowed: a whole number from 0 to 65535 is');
    expect(() => envNumber({ P: 'NaN' }, 'P', { fallback: 1, min: 0, max: 1 })).toThrow('a number from 0 to 1');
    expect(() => envChoice({ P: 'loud' }, 'P', ['info', 'warn'], 'info')).toThrow('one of info, warn is');
  });

  it('reads addresses without their trailing slash, and only http ones', () => {
    expect(envUrl({}, 'U', 'http://a:1/')).toBe('http://a:1');
    expect(() => envUrl({ U: 'file:///etc' }, 'U', '')).toThrow('an http:// or https:// address is');
  });

  it('refuses a secret given twice, and a secret file that is not there', () => {
    expect(envSecret({ S: 'a' }, 'S')).toBe('a');
    expect(() => envSecret({ S: 'a', S_FILE: '/b' }, 'S')).toThrow('both set');
    expect(() => envSecret({ S_FILE: '/no/such/file' }, 'S')).toThrow('S_FILE=/no/such/file cannot be read (ENOENT)');
  });
});

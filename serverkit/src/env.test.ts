import { describe, expect, it } from 'vitest';
import { ConfigError, envChoice, envInteger, envNumber, envPort, envPublicUrl, envSecret, envUrl } from './env.ts';

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
        `X=${X} is not allowed: must be a whole number of 0 or more`,
      );
    },
  );

  it('names the allowed range', () => {
    expect(() => envPort({ P: '70000' }, 'P', 1)).toThrow(
      'P=70000 is not allowed: must be a whole number from 0 to 65535',
    );
    expect(() => envNumber({ P: 'NaN' }, 'P', { fallback: 1, min: 0, max: 1 })).toThrow('a number from 0 to 1');
    expect(() => envChoice({ P: 'loud' }, 'P', ['info', 'warn'], 'info')).toThrow('must be one of info, warn');
  });

  it('reads addresses without their trailing slash, and only http ones', () => {
    expect(envUrl({}, 'U', 'http://a:1/')).toBe('http://a:1');
    expect(() => envUrl({ U: 'file:///etc' }, 'U', '')).toThrow('must be an http:// or https:// address');
  });

  it.each([
    'ftp://user:pass-word@host',
    'user:pass-word@host',
    'http://user:pass-word@host:99999',
    'ftp://h?p=pass-word',
  ])('refuses the address %s without its password', (U) => {
    expect(() => envUrl({ U }, 'U', '')).toThrow('is not allowed');
    expect(() => envUrl({ U }, 'U', '')).not.toThrow('pass-word');
  });

  it('refuses a user and a password in an address that others will see', () => {
    expect(envPublicUrl({ U: 'https://a.example/x/' }, 'U', '')).toBe('https://a.example/x');
    for (const U of ['https://user:pass-word@a.example', 'https://pass-word@a.example', 'ftp://pass-word@a.example']) {
      expect(() => envPublicUrl({ U }, 'U', '')).toThrow(ConfigError);
      expect(() => envPublicUrl({ U }, 'U', '')).not.toThrow('pass-word');
    }
  });

  it('refuses a secret given twice, and a secret file that is not there', () => {
    expect(envSecret({ S: 'a' }, 'S')).toBe('a');
    expect(() => envSecret({ S: 'a', S_FILE: '/b' }, 'S')).toThrow('both set');
    expect(() => envSecret({ S_FILE: '/no/such/file' }, 'S')).toThrow('S_FILE=/no/such/file cannot be read (ENOENT)');
  });
});

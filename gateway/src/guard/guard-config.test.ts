import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@coppice/serverkit';
import { afterAll, describe, expect, it } from 'vitest';
import { readGuardConfig } from './guard-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'coppice-guard-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('what guards the gateway', () => {
  it('is only a generated admin token when nothing is set', () => {
    expect(readGuardConfig({ API_KEYS: '', CORS_ORIGINS: '', TRUST_PROXY: '' })).toEqual({
      adminToken: undefined,
      apiKeys: [],
      metricsToken: undefined,
      rateLimit: 0,
      trustProxy: false,
      corsOrigins: [],
      publicUrl: 'http://127.0.0.1:8501',
      hosts: expect.anything(),
    });
  });

  it('reads what is set', () => {
    expect(
      readGuardConfig({
        ADMIN_TOKEN: 'the-secret-of-admins',
        API_KEYS: 'the-first-of-the-keys, the-second-of-the-keys',
        METRICS_TOKEN: 'the-token-of-prometheus',
        RATE_LIMIT: '600',
        TRUST_PROXY: '1',
        CORS_ORIGINS: 'https://a.example, http://localhost:3000/',
        UI_PORT: '9999',
      }),
    ).toEqual({
      adminToken: 'the-secret-of-admins',
      apiKeys: ['the-first-of-the-keys', 'the-second-of-the-keys'],
      metricsToken: 'the-token-of-prometheus',
      rateLimit: 600,
      trustProxy: 1,
      corsOrigins: ['https://a.example', 'http://localhost:3000'],
      publicUrl: 'http://127.0.0.1:9999',
      hosts: expect.anything(),
    });
  });

  it('reads secrets from files, keys by line or comma', () => {
    const config = readGuardConfig({
      ADMIN_TOKEN_FILE: file('token', 'the-secret-of-admins\n'),
      API_KEYS_FILE: file('keys', 'the-first-of-the-keys\nthe-second-of-the-keys,the-third-of-the-keys\n'),
    });
    expect(config).toMatchObject({
      adminToken: 'the-secret-of-admins',
      apiKeys: ['the-first-of-the-keys', 'the-second-of-the-keys', 'the-third-of-the-keys'],
    });
  });

  it.each([
    ['0', false],
    ['2', 2],
    ['loopback, 10.0.0.0/8', ['loopback', '10.0.0.0/8']],
  ])('trusts the proxies TRUST_PROXY=%s', (TRUST_PROXY, expected) => {
    expect(readGuardConfig({ TRUST_PROXY }).trustProxy).toEqual(expected);
  });

  it.each([
    [{ TRUST_PROXY: 'true' }, 'TRUST_PROXY=true is not allowed'],
    [{ TRUST_PROXY: '300.1.1.1' }, 'TRUST_PROXY=300.1.1.1 is not allowed'],
    [{ RATE_LIMIT: '-1' }, 'RATE_LIMIT=-1 is not allowed'],
    [{ CORS_ORIGINS: 'https://a.example/page' }, 'CORS_ORIGINS=https://a.example/page is not allowed'],
    [{ CORS_ORIGINS: 'https://user:secret@a.example' }, 'CORS_ORIGINS=https://***@a.example is not allowed'],
    [{ PUBLIC_URL: 'ftp://user:secret@a.example' }, 'PUBLIC_URL=ftp://***@a.example is not allowed'],
    [{ PUBLIC_URL: 'https://user:secret@a.example' }, 'PUBLIC_URL=https://***@a.example is not allowed'],
    [{ CORS_ORIGINS: 'a.example' }, 'CORS_ORIGINS=a.example is not allowed'],
    [{ API_KEYS: ' , ' }, 'API_KEYS holds no key'],
    [{ PUBLIC_URL: 'page' }, 'PUBLIC_URL=page is not allowed'],
  ])('refuses %j', (env, message) => {
    expect(() => readGuardConfig(env)).toThrow(ConfigError);
    expect(() => readGuardConfig(env)).toThrow(message);
  });

  it('refuses an empty secret file, which would open what it should close', () => {
    const empty = file('empty', '\n');
    expect(() => readGuardConfig({ API_KEYS_FILE: empty })).toThrow('is empty');
    expect(() => readGuardConfig({ ADMIN_TOKEN_FILE: empty })).toThrow('is empty');
  });

  it.each(['ADMIN_TOKEN', 'API_KEYS', 'METRICS_TOKEN'])('refuses a short %s without showing it', (name) => {
    for (const short of ['x1', 'fifteen-letters']) {
      const env = { [name]: name === 'API_KEYS' ? `the-first-of-the-keys,${short}` : short };
      expect(() => readGuardConfig(env)).toThrow(`${name} holds a secret of ${short.length} characters`);
      expect(() => readGuardConfig(env)).toThrow('at least 16');
      expect(() => readGuardConfig(env)).not.toThrow(short);
    }
    expect(() => readGuardConfig({ [name]: 'sixteen-letters!' })).not.toThrow();
  });

  it('refuses a secret that no header can carry without showing it', () => {
    for (const env of [{ ADMIN_TOKEN: 'plänted secret' }, { API_KEYS: 'a-fine-and-long-key,plänted secret' }]) {
      expect(() => readGuardConfig(env)).toThrow('a header cannot carry');
      expect(() => readGuardConfig(env)).not.toThrow('secret');
    }
  });
});

import { ConfigError } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('readConfig', () => {
  it('needs nothing but the folder of a version', () => {
    expect(readConfig({ MODEL_DIR: '/artifacts/v2' })).toEqual({
      modelDir: '/artifacts/v2',
      modelName: 'iris',
      modelVersion: 'v2',
      port: 8080,
      host: undefined,
      hosts: expect.objectContaining({ allows: expect.any(Function) }),
      shutdownGraceMs: 10_000,
      logLevel: 'info',
    });
  });

  it('takes every setting from the environment', () => {
    const env = {
      MODEL_DIR: '/a',
      MODEL_NAME: 'wine',
      MODEL_VERSION: 'v3',
      PORT: '0',
      BIND_ADDRESS: '127.0.0.1',
      SHUTDOWN_GRACE: '2',
      LOG_LEVEL: 'debug',
    };
    expect(readConfig(env)).toMatchObject({
      modelName: 'wine',
      modelVersion: 'v3',
      port: 0,
      host: '127.0.0.1',
      shutdownGraceMs: 2000,
      logLevel: 'debug',
    });
  });

  it.each([
    [{}, /^MODEL_DIR is not set/],
    [{ MODEL_DIR: '/a', MODEL_NAME: 'my model' }, /^MODEL_NAME=my model is not allowed/],
    [{ MODEL_DIR: '/a', MODEL_VERSION: '..' }, /^MODEL_VERSION=\.\. is not allowed/],
    [{ MODEL_DIR: '/a', PORT: 'http' }, /^PORT=http is not allowed/],
    [{ MODEL_DIR: '/a', SHUTDOWN_GRACE: '-1' }, /^SHUTDOWN_GRACE=-1 is not allowed/],
  ])('refuses %j in one line', (env, message) => {
    expect(() => readConfig(env)).toThrow(ConfigError);
    expect(() => readConfig(env)).toThrow(message);
  });
});

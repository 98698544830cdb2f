import { ConfigError } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('readConfig', () => {
  it('needs nothing but the folder of a version', () => {
    expect(readConfig({ MODEL_DIR: '/artifacts/v2' })).toEqual({
      source: { kind: 'folder', folder: '/artifacts/v2' },
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

  it('reads where the model comes from', () => {
    const registry = { REGISTRY_URL: 's3://b/p', MODEL_VERSION: 'v1' };
    expect(readConfig({ ...registry, MODEL_SOURCE: 'registry:wine@champion' })).toMatchObject({
      source: { kind: 'registry', model: 'wine', selector: 'champion', registry: 's3://b/p', keepIn: null },
      modelName: 'wine',
      modelVersion: 'v1',
    });
    const numbered = { ...registry, MODEL_SOURCE: 'registry:iris@7', MODEL_KEEP_DIR: '/kept', MODEL_DIR: '/a/v1' };
    expect(readConfig(numbered)).toMatchObject({ source: { selector: 7, keepIn: '/kept' } });
    expect(readConfig({ MODEL_SOURCE: '/b/v2', MODEL_DIR: '/a/v1' })).toMatchObject({ source: { folder: '/b/v2' } });
  });

  it.each([
    [{}, /^MODEL_DIR and MODEL_SOURCE are not set/],
    [
      { MODEL_SOURCE: 'registry:iris' },
      /^MODEL_SOURCE=registry:iris is not allowed: must be a folder, or registry:NAME@/,
    ],
    [{ MODEL_SOURCE: 'registry:iris@best', REGISTRY_URL: '/r' }, /^MODEL_SOURCE=registry:iris@best is not allowed/],
    [{ MODEL_SOURCE: 'registry:iris@0', REGISTRY_URL: '/r' }, /^MODEL_SOURCE=registry:iris@0 is not allowed/],
    [{ MODEL_SOURCE: 'registry:iris@champion' }, /^REGISTRY_URL is not set/],
    [{ MODEL_SOURCE: 'mlflow:iris@champion' }, /^MLFLOW_TRACKING_URI is not set/],
    [{ MODEL_SOURCE: 'mlflow:iris@best' }, /^MODEL_SOURCE=mlflow:iris@best is not allowed/],
    [{ MODEL_SOURCE: 'mlflow:iris@3', MLFLOW_TRACKING_URI: 'ftp://x' }, /^MLFLOW_TRACKING_URI is not allowed/],
    [{ MODEL_SOURCE: 'registry:iris@champion', REGISTRY_URL: '/r' }, /^MODEL_VERSION is not set/],
    [
      { MODEL_SOURCE: 'registry:wine@7', REGISTRY_URL: '/r', MODEL_VERSION: 'v1', MODEL_NAME: 'iris' },
      /^MODEL_SOURCE names the model wine, and MODEL_NAME is iris/,
    ],
    [{ MODEL_DIR: '/a', MODEL_NAME: 'my model' }, /^MODEL_NAME=my model is not allowed/],
    [{ MODEL_DIR: '/a', MODEL_VERSION: '..' }, /^MODEL_VERSION=\.\. is not allowed/],
    [{ MODEL_DIR: '/a', PORT: 'http' }, /^PORT=http is not allowed/],
    [{ MODEL_DIR: '/a', SHUTDOWN_GRACE: '-1' }, /^SHUTDOWN_GRACE=-1 is not allowed/],
  ])('refuses %j in one line', (env, message) => {
    expect(() => readConfig(env)).toThrow(ConfigError);
    expect(() => readConfig(env)).toThrow(message);
  });
});

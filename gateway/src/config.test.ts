import { ConfigError } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('the settings of the gateway', () => {
  it('have defaults for everything', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      port: 5000,
      modelName: 'iris',
      weights: { v1: 50, v2: 50 },
      shadow: null,
      shutdownGraceMs: 10_000,
      upstream: { timeoutMs: 2000 },
    });
    expect(config.versions).toEqual([
      { name: 'v1', url: 'http://model-v1:8080', modelName: 'iris' },
      { name: 'v2', url: 'http://model-v2:8080', modelName: 'iris' },
    ]);
  });

  it('take any number of versions, in the order of their numbers', () => {
    const { versions, weights } = readConfig({
      MODEL_V10_URL: 'http://ten:1/',
      MODEL_V10_WEIGHT: '7',
      MODEL_V3_URL: 'http://three:1',
    });
    expect(versions.map(({ name }) => name)).toEqual(['v1', 'v2', 'v3', 'v10']);
    expect(weights).toEqual({ v1: 50, v2: 50, v3: 0, v10: 7 });
  });

  it('can leave a version out', () => {
    const { versions, weights } = readConfig({ MODEL_V2_URL: 'none', MODEL_V2_WEIGHT: '50' });
    expect(versions).toHaveLength(1);
    expect(weights).toEqual({ v1: 50 });
  });

  it.each([
    [{ MODEL_V1_WEIGHT: '-1' }, 'MODEL_V1_WEIGHT=-1 is not allowed: must be a whole number from 0 to 1000000'],
    [{ MODEL_V1_WEIGHT: '0.5' }, 'MODEL_V1_WEIGHT=0.5 is not allowed'],
    [{ MODEL_V2_WEIGHT: 'half' }, 'MODEL_V2_WEIGHT=half is not allowed'],
    [{ MODEL_V1_WEIGHT: '0', MODEL_V2_WEIGHT: '0' }, 'at least one weight must be above 0'],
    [{ MODEL_V3_WEIGHT: '1' }, 'MODEL_V3_WEIGHT=1 is not allowed: MODEL_V3_URL must be set too'],
    [{ MODEL_V1_URL: 'model:8080' }, 'MODEL_V1_URL=model:8080 is not allowed: must be an http:// or https:// address'],
    [{ MODEL_V1_URL: 'none', MODEL_V2_URL: 'none' }, 'at least one version must have a URL'],
    [{ SHADOW_VERSION: 'v3' }, 'SHADOW_VERSION=v3 is not allowed: must be one of v1, v2'],
    [{ MODEL_NAME: 'a/b' }, 'MODEL_NAME=a/b is not allowed'],
    [{ UPSTREAM_TIMEOUT: '0' }, 'UPSTREAM_TIMEOUT=0 is not allowed: must be a number from 0.01 to 600'],
    [{ SHUTDOWN_GRACE: 'soon' }, 'SHUTDOWN_GRACE=soon is not allowed'],
    [{ GATEWAY_PORT: '70000' }, 'GATEWAY_PORT=70000 is not allowed'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL=loud is not allowed'],
    [{ RECORD_MAX_ROWS: '0' }, 'RECORD_MAX_ROWS=0 is not allowed'],
    [{ DRIFT_THRESHOLD: '2' }, 'DRIFT_THRESHOLD=2 is not allowed'],
  ])('refuse %j in one line', (env, message) => {
    expect(() => readConfig(env)).toThrow(ConfigError);
    expect(() => readConfig(env)).toThrow(message);
    try {
      readConfig(env);
    } catch (error) {
      expect((error as Error).message).not.toContain('\n');
    }
  });
});

import { describe, expect, it } from 'vitest';
import { type Plan, planServices } from './plan.ts';
import { prometheusConfig } from './prometheus-config.ts';

const version = (name: string, port: number) => ({ version: name, model: 'mine', folder: `/a/${name}`, port });
const plan: Plan = {
  root: '/app',
  env: { LOG_LEVEL: 'warn' },
  host: '127.0.0.1',
  dataDir: '/d',
  versions: [version('v1', 8001), version('v2', 8002)],
  gatewayPort: 5000,
  uiPort: 8501,
  prometheus: { program: '/bin/prometheus', port: 9090, config: '/d/prometheus.json' },
};
const envOf = (name: string, changes: Partial<Plan> = {}) =>
  planServices({ ...plan, ...changes }).find((service) => service.name === name)?.env;

describe('the processes of a stack', () => {
  it('are the models first, then their callers', () => {
    const names = planServices(plan).map(({ name }) => name);
    expect(names).toEqual(['model-v1', 'model-v2', 'gateway', 'ui', 'prometheus']);
    expect(planServices({ ...plan, uiPort: undefined, prometheus: undefined })).toHaveLength(3);
  });

  it('know each other, and the name of the trained model', () => {
    expect(envOf('model-v2')).toMatchObject({
      MODEL_DIR: '/a/v2',
      MODEL_NAME: 'mine',
      PORT: '8002',
      LOG_LEVEL: 'warn',
    });
    expect(envOf('gateway')).toMatchObject({
      MODEL_V1_URL: 'http://127.0.0.1:8001',
      MODEL_NAME: 'mine',
      DATA_DIR: '/d',
    });
    expect(envOf('ui')).toMatchObject({
      GATEWAY_URL: 'http://127.0.0.1:5000',
      PROMETHEUS_URL: 'http://127.0.0.1:9090',
    });
  });

  it('find the releases, and keep a copy of those that they follow', () => {
    const following = { ...version('v1', 8001), source: 'registry:mine@champion' };
    const changes = { registry: '/a/registry', versions: [following, version('v3', 8003)] };
    expect(envOf('model-v1', changes)).toMatchObject({
      ...{ MODEL_SOURCE: 'registry:mine@champion', REGISTRY_URL: '/a/registry', MODEL_KEEP_DIR: '/d/kept' },
    });
    expect(envOf('model-v3', changes)).toMatchObject({ MODEL_SOURCE: '', MODEL_DIR: '/a/v3' });
    expect(envOf('gateway', changes)).toMatchObject({ REGISTRY_URL: '/a/registry' });
    expect(envOf('model-v1')).not.toHaveProperty('REGISTRY_URL');
  });

  it.each([
    ['::1', '::1', '[::1]'],
    ['::', '::', '[::1]'],
    ['0.0.0.0', '0.0.0.0', '127.0.0.1'],
  ])('listen on %s, and know each other by an address that is one', (host, bind, name) => {
    const services = planServices({ ...plan, host });
    for (const { env, ready } of services) {
      expect(env.BIND_ADDRESS).toBe(bind);
      expect(new URL(ready).hostname).toBe(name);
      for (const [setting, value] of Object.entries(env))
        if (setting.endsWith('_URL')) expect(new URL(String(value)).hostname, setting).toBe(name);
    }
    expect(services.at(-1)?.args).toContain(`--web.listen-address=${host.includes(':') ? `[${host}]` : host}:9090`);
    const { scrape_configs } = JSON.parse(prometheusConfig('/app', { ...plan, host }));
    expect(scrape_configs[0].static_configs).toEqual([{ targets: [`${name}:5000`] }]);
    expect(envOf('gateway', { host })?.PUBLIC_URL).toBe(`http://${name}:8501`);
    expect(envOf('gateway', { host, env: { PUBLIC_URL: 'https://a.example' } })?.PUBLIC_URL).toBe('https://a.example');
  });

  it('leave out a version that was not trained, and allow any number of versions', () => {
    expect(envOf('gateway', { versions: [version('v2', 8002)] })).toMatchObject({ MODEL_V1_URL: 'none' });
    expect(envOf('gateway', { versions: [...plan.versions, version('v3', 8003)] })).toMatchObject({
      MODEL_V3_URL: 'http://127.0.0.1:8003',
    });
  });

  it('have a spoiler between gateway and versions only when asked', () => {
    const spoiled = { spoilerPort: 5099, env: { MODEL_V3_URL: 'http://elsewhere:9' } };
    const names = planServices({ ...plan, ...spoiled }).map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(['model-v1', 'model-v2', 'spoiler', 'gateway']);
    expect(envOf('spoiler', spoiled)).toMatchObject({
      SPOILER_TARGETS: 'v1=http://127.0.0.1:8001,v2=http://127.0.0.1:8002',
    });
    expect(envOf('gateway', spoiled)).toMatchObject({
      MODEL_V2_URL: 'http://127.0.0.1:5099/versions/v2',
      MODEL_V3_URL: 'http://elsewhere:9',
    });
    expect(envOf('spoiler')).toBeUndefined();
  });

  it('keep a version where the user has it', () => {
    const env = { MODEL_V2_URL: 'http://elsewhere:9' };
    expect(envOf('gateway', { env, versions: [version('v1', 8001)] })).toMatchObject(env);
  });

  it('use no other program on 9090 when they have no Prometheus', () => {
    expect(envOf('ui', { prometheus: undefined })?.PROMETHEUS_URL).toBe('http://127.0.0.1:9');
  });

  it('are scraped by the jobs that the rules name', () => {
    const { scrape_configs, rule_files } = JSON.parse(prometheusConfig('/app', plan));
    expect(rule_files).toEqual(['/app/prometheus/rules/*.yml']);
    expect(scrape_configs[1]).toEqual({
      job_name: 'model',
      static_configs: [
        { targets: ['127.0.0.1:8001'], labels: { version: 'v1' } },
        { targets: ['127.0.0.1:8002'], labels: { version: 'v2' } },
      ],
    });
  });
});

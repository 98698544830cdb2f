import { readFileSync } from 'node:fs';
import { settingsDocumented } from '@coppice/testkit/tidy/settings';
import { SourceTree } from '@coppice/testkit/tidy/source-tree';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

type Schema = { properties?: Record<string, Schema>; $ref?: string; $defs?: Record<string, Schema> };

const root = `${import.meta.dirname}/..`;
const read = (file: string) => readFileSync(`${root}/${file}`, 'utf8');
const values = parse(read('kubernetes/values.yaml'));
const schema = JSON.parse(read('kubernetes/values.schema.json')) as Schema;

/** What the templates set from other values. */
const OF_THE_CHART = {
  Gateway: [
    ...['ADMIN_TOKEN', 'API_KEYS', 'METRICS_TOKEN', 'DATABASE_URL'].flatMap((name) => [name, `${name}_FILE`]),
    ...['MODEL_NAME', 'MODEL_V<n>_URL', 'MODEL_V<n>_NAME', 'MODEL_V<n>_WEIGHT'],
    ...['GATEWAY_PORT', 'BIND_ADDRESS', 'DATA_DIR', 'UI_PORT', 'REGISTRY_URL', 'GATE', 'GATE_FILE', 'GATE_APPROVAL'],
  ],
  'Model server': [
    ...['MODEL_DIR', 'MODEL_SOURCE', 'REGISTRY_URL', 'MODEL_KEEP_DIR', 'MODEL_NAME', 'MODEL_VERSION', 'PORT'],
    ...['BIND_ADDRESS', 'ORT_DISABLE_TELEMETRY', 'MLFLOW_TRACKING_URI', 'MLFLOW_TRACKING_USERNAME'],
    'MLFLOW_TRACKING_PASSWORD',
  ],
  'Page server': ['UI_PORT', 'BIND_ADDRESS', 'GATEWAY_URL', 'PROMETHEUS_URL', 'PROMETHEUS_PORT'],
};

describe("the chart's values", () => {
  it.each([
    ['Gateway', 'gateway'],
    ['Model server', 'models'],
    ['Page server', 'page'],
  ] as const)('take every setting of the %s that the chart does not set itself', (heading, part) => {
    const documented = settingsDocumented(new SourceTree(), heading);
    const allowed = Object.keys(schema.properties?.[part]?.properties?.settings?.properties ?? {});
    const own = new Set(OF_THE_CHART[heading]);

    expect(allowed.toSorted()).toEqual([...documented].filter((name) => !own.has(name)).toSorted());
  });

  it('have the same names in values.yaml and in the schema', () => {
    const resolve = ({ $ref, ...rest }: Schema): Schema =>
      $ref === undefined ? rest : (schema.$defs?.[$ref.split('/').at(-1) as string] ?? {});
    const missing: string[] = [];
    const compare = (value: unknown, { properties }: Schema, path: string) => {
      if (value === null || typeof value !== 'object' || Array.isArray(value) || properties === undefined) return;
      for (const [name, inner] of Object.entries(value)) {
        const known = properties[name];
        if (known === undefined) missing.push(`${path}${name}`);
        else compare(inner, resolve(known), `${path}${name}.`);
      }
    };
    compare(values, schema, '');

    expect(missing).toEqual([]);
    expect(Object.keys(schema.properties ?? {}).filter((name) => name !== 'global')).toEqual(Object.keys(values));
  });

  it('are all in the table of docs/kubernetes.md, and nothing else is', () => {
    const table = read('docs/kubernetes.md').split('\n## Values\n')[1]?.split('\n## ')[0] ?? '';
    const documented = [...table.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, name]) => name as string);
    const at = (name: string) => name.split('.').reduce((value, key) => value?.[key], values);
    const covered = (path: string) => documented.some((name) => path === name || path.startsWith(`${name}.`));
    const leaves = (value: unknown, path: string): string[] =>
      value === null || typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length === 0
        ? [path]
        : Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === '' ? name : `${path}.${name}`));

    expect(leaves(values, '').filter((path) => !covered(path))).toEqual([]);
    expect(documented.filter((name) => at(name) === undefined)).toEqual([]);
  });

  it('belong to a chart of the same version as the packages', () => {
    const { version } = JSON.parse(read('package.json'));

    expect(parse(read('kubernetes/Chart.yaml'))).toMatchObject({ name: 'coppice', version, appVersion: version });
  });
});

import { createNamespace, objectsIn, renderChart, type Values } from '@coppice/testkit/kubernetes/chart';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const cluster = sharedCluster();
const namespace = 'values';

const bucket = { releases: { url: 's3://bucket/releases', region: 'eu-central-1' } };
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const host = 'iris.example.test';
const parent = { name: 'public', namespace: 'gateways' };

/** A name, values, and kinds that the objects must have (`-Kind`: must not). */
const combinations: [string, Values, string[]][] = [
  [
    'defaults',
    bucket,
    ['Deployment', 'Job', 'HorizontalPodAutoscaler', 'PodDisruptionBudget', 'NetworkPolicy', '-Ingress', '-CronJob'],
  ],
  ['one slot', { ...bucket, slots: [{ name: 'v1', weight: 1 }] }, ['Deployment']],
  [
    'three slots that differ',
    {
      ...bucket,
      slots: [
        { name: 'v1', source: 'registry:iris@champion', weight: 80 },
        { name: 'v2', source: 'registry:iris@3', weight: 15, replicas: 3, autoscaling: { enabled: false } },
        {
          name: 'v3',
          weight: 5,
          modelName: 'iris-wide',
          settings: { LOG_LEVEL: 'debug' },
          resources: { requests: { cpu: 1, memory: '1Gi' } },
        },
      ],
    },
    ['Deployment'],
  ],
  ['releases in a volume', { releases: { existingClaim: 'releases' } }, ['Deployment']],
  [
    'releases in a store of another vendor',
    { releases: { ...bucket.releases, endpoint: 'https://s3.example.test', existingSecret: 'store' } },
    ['Deployment'],
  ],
  [
    'an Ingress with TLS',
    {
      ...bucket,
      exposure: { type: 'ingress', host, className: 'alb', annotations: { a: 'b' }, tls: { existingSecret: 'tls' } },
    },
    ['Ingress', '-HTTPRoute'],
  ],
  [
    'an HTTPRoute to the gateway',
    { ...bucket, exposure: { type: 'gateway-api', host, gateway: { ...parent, section: 'https' } } },
    ['HTTPRoute', '-Ingress'],
  ],
  [
    'a VirtualService to the gateway',
    { ...bucket, exposure: { type: 'istio', host, gateway: parent } },
    ['VirtualService', '-HTTPRoute'],
  ],
  [
    'routing by the Gateway API',
    { ...bucket, routing: 'gateway-api', exposure: { type: 'gateway-api', host, gateway: parent } },
    ['HTTPRoute'],
  ],
  [
    'routing by Istio',
    { ...bucket, routing: 'istio', exposure: { type: 'istio', host, gateway: parent } },
    ['VirtualService'],
  ],
  [
    'routing by the Gateway API without our gateway',
    {
      ...bucket,
      routing: 'gateway-api',
      gateway: { enabled: false },
      page: { enabled: false },
      exposure: { type: 'gateway-api', host, gateway: parent },
    },
    ['HTTPRoute'],
  ],
  [
    'MLflow',
    {
      ...bucket,
      mlflow: { enabled: true, existingSecret: 'mlflow', existingClaim: 'mlflow', artifacts: 's3://bucket/mlflow' },
    },
    ['Deployment'],
  ],
  [
    'monitoring',
    {
      ...bucket,
      monitoring: {
        serviceMonitors: true,
        rules: true,
        dashboards: true,
        interval: '30s',
        labels: { release: 'prometheus' },
      },
    },
    ['ServiceMonitor', 'PrometheusRule'],
  ],
  [
    'images by digest from a registry',
    {
      ...bucket,
      mlflow: { enabled: true },
      image: {
        registry: '123456789012.dkr.ecr.eu-central-1.amazonaws.com',
        digests: { gateway: digest, model: digest, trainer: digest, ui: digest, mlflow: digest },
        pullSecrets: ['registry'],
      },
    },
    ['Deployment'],
  ],
  [
    'a fixed number of pods',
    {
      ...bucket,
      gateway: {
        replicas: 3,
        autoscaling: { enabled: false },
        disruptionBudget: { maxUnavailable: null, minAvailable: '50%' },
      },
      models: { replicas: 1, autoscaling: { enabled: false } },
    },
    ['Deployment', 'HorizontalPodAutoscaler'],
  ],
  [
    'one gateway on SQLite',
    {
      ...bucket,
      gateway: {
        replicas: 1,
        autoscaling: { enabled: false },
        database: { existingSecret: '', existingClaim: 'record' },
      },
    },
    ['Deployment'],
  ],
  ['no network policies', { ...bucket, networkPolicies: { enabled: false } }, ['-NetworkPolicy']],
  [
    'narrow network policies',
    {
      ...bucket,
      networkPolicies: {
        outside: { namespaces: ['ingress-nginx'], cidrs: ['10.0.0.0/20'] },
        database: { cidrs: ['10.0.3.0/24'], port: 6432 },
        store: { cidrs: ['2001:db8::/32'] },
      },
    },
    ['NetworkPolicy'],
  ],
  [
    'training by the clock from a table of ours',
    {
      ...bucket,
      training: {
        job: false,
        schedule: '0 3 * * 1',
        args: ['--target', 'species'],
        data: { existingConfigMap: 'table', file: 'table.csv' },
      },
    },
    ['CronJob', '-Job'],
  ],
  [
    'a gate, settings, and places for pods',
    {
      ...bucket,
      gateway: {
        gate: { enabled: true, conditions: 'accuracy >= 0.9' },
        settings: { RATE_LIMIT: 600, LOG_LEVEL: 'warn' },
      },
      serviceAccounts: {
        model: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/model' } },
      },
      ...{ nodeSelector: { 'kubernetes.io/os': 'linux' }, tolerations: [{ key: 'models', operator: 'Exists' }] },
      ...{ podAnnotations: { team: 'iris' }, priorityClassName: 'high' },
    },
    ['Deployment'],
  ],
];

const PRIORITIES = '/apis/scheduling.k8s.io/v1/priorityclasses';

beforeAll(async () => {
  await createNamespace(cluster, namespace);
  await cluster.request('POST', PRIORITIES, { metadata: { name: 'high' }, value: 1000 });
});
afterAll(async () => {
  await cluster.request('DELETE', `${PRIORITIES}/high`);
  await cluster.close();
});

describe('the API server takes every field of', () => {
  it.each(combinations)('%s', async (_, values, kinds) => {
    const yaml = await renderChart(cluster, namespace, values);
    const { status, stderr } = await applyDry(yaml);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const found = new Set(objectsIn(yaml).map(({ kind }) => kind));
    const wrong = kinds.filter((kind) => (kind.startsWith('-') ? found.has(kind.slice(1)) : !found.has(kind)));
    expect(wrong).toEqual([]);
  });

  it('nothing that it does not know', async () => {
    const yaml = await renderChart(cluster, namespace, bucket);
    const { status, stderr } = await applyDry(yaml.replaceAll('maxReplicas:', 'maximumReplicas:'));
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringMatching(/\.spec\.maximumReplicas/) });
  });
});

describe('the chart refuses', () => {
  it.each<[string, Values, RegExp]>([
    ['an unknown value', { ...bucket, gatway: {} }, /additional properties 'gatway' not allowed/],
    [
      'an unknown value further down',
      { ...bucket, gateway: { replica: 3 } },
      /at '\/gateway'.*additional properties 'replica' not allowed/,
    ],
    [
      'an unknown field of a slot',
      { ...bucket, slots: [{ name: 'v1', wieght: 1 }] },
      /at '\/slots\/0'.*'wieght' not allowed/,
    ],
    [
      'an unknown way to route',
      { ...bucket, routing: 'nginx' },
      /at '\/routing'.*one of 'gateway', 'gateway-api', 'istio'/,
    ],
    ['a weight below 0', { ...bucket, slots: [{ name: 'v1', weight: -1 }] }, /at '\/slots\/0\/weight'.*minimum/],
    ['weights of 0 only', { ...bucket, slots: [{ name: 'v1', weight: 0 }] }, /at least one weight must be above 0/],
    [
      'a slot twice',
      {
        ...bucket,
        slots: [
          { name: 'v1', weight: 1 },
          { name: 'v1', weight: 1 },
        ],
      },
      /slots has v1 twice/,
    ],
    ['no place of releases', {}, /releases\.url \(s3:\/\/bucket\/prefix\) or releases\.existingClaim/],
    ['two places of releases', { releases: { url: 's3://a/b', existingClaim: 'c' } }, /releases are in one place/],
    [
      'a digest that is none',
      { ...bucket, image: { digests: { gateway: 'latest' } } },
      /at '\/image\/digests\/gateway'/,
    ],
    [
      'several gateways on SQLite',
      { ...bucket, gateway: { database: { existingSecret: '' } } },
      /gateway\.database\.existingSecret is needed/,
    ],
    [
      'a slot whose least number of pods is above the most of all slots',
      { ...bucket, slots: [{ name: 'v1', weight: 1, autoscaling: { min: 6 } }] },
      /slots: autoscaling of v1: min 6 is more than max 5/,
    ],
    [
      'a store that its own policies shut out',
      { releases: { ...bucket.releases, endpoint: 'http://minio.minio.svc:9000' } },
      /networkPolicies\.store\.port is 443, but releases\.endpoint has the port 9000/,
    ],
    ['an exposure without a host', { ...bucket, exposure: { type: 'ingress' } }, /exposure\.host is needed/],
    [
      'a number as text',
      { ...bucket, gateway: { replicas: 'two' } },
      /at '\/gateway\/replicas'.*got string, want integer/,
    ],
  ])('%s', async (_, values, message) => {
    const error = await renderChart(cluster, namespace, values).then(
      () => new Error('nothing was refused'),
      (error: Error) => error,
    );
    expect(error.message).toMatch(message);
  });
});

/** Has the API server check objects, fields that it does not know among them, and keep none. */
function applyDry(yaml: string) {
  const args = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-n', namespace, '-f', '-'];
  return cluster.attempt(cluster.address.kubectl, args, { input: yaml });
}

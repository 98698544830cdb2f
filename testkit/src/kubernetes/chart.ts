import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { root } from '../programs/run-command.ts';
import { eventually } from '../waiting/eventually.ts';
import type { ClusterClient, KubernetesObject } from './cluster-client.ts';

/** Values of the chart, as in `kubernetes/values.yaml`. */
export type Values = Record<string, unknown>;

const CHART = join(root, 'kubernetes');
const RELEASE = 'coppice';
const RESTRICTED = { enforce: 'restricted', warn: 'restricted', audit: 'restricted' };

/** Names of the Secrets that a release of the chart reads by default, with made-up contents. */
const SECRETS = {
  'coppice-database': { DATABASE_URL: 'postgres://coppice@database.test:5432/coppice' },
  'coppice-tokens': { ADMIN_TOKEN: 'admin', API_KEYS: 'client:key', METRICS_TOKEN: 'metrics' },
};

/** Creates a namespace that takes only pods of the standard *restricted* of Pod Security, with the Secrets that the chart reads. */
export async function createNamespace(cluster: ClusterClient, name: string): Promise<void> {
  const labels = Object.entries(RESTRICTED).map(([mode, level]) => [`pod-security.kubernetes.io/${mode}`, level]);
  await created(cluster, '/api/v1/namespaces', { metadata: { name, labels: Object.fromEntries(labels) } });
  for (const [secret, stringData] of Object.entries(SECRETS))
    await created(cluster, `/api/v1/namespaces/${name}/secrets`, { metadata: { name: secret }, stringData });
}

/**
 * Installs or upgrades the release `coppice`, and waits until its objects are ready and its autoscalers have their least number of pods,
 * for which Helm does not wait. Throws with what Helm says.
 */
export async function installChart(
  cluster: ClusterClient,
  namespace: string,
  values: Values = {},
  options: string[] = [],
): Promise<string> {
  const waiting = ['--wait', '--timeout=120s', '--values=-', ...options];
  const args = ['upgrade', '--install', RELEASE, CHART, `--namespace=${namespace}`, ...waiting];
  const said = await cluster.helm(args, { input: JSON.stringify(values) });
  await eventually(async () => (await tooFew(cluster, namespace)).length === 0, { what: 'all pods are there' });
  return said;
}

/** The autoscalers whose Deployment has less than its least number of available pods. */
async function tooFew(cluster: ClusterClient, namespace: string): Promise<string[]> {
  const { items } = await cluster.get(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`);
  const short = items.map(async ({ spec }: KubernetesObject) => {
    const { name } = spec.scaleTargetRef;
    const { status } = await cluster.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
    return (status.availableReplicas ?? 0) < spec.minReplicas ? name : null;
  });
  return (await Promise.all(short)).filter((name) => name !== null);
}

/** The YAML of the release `coppice` with these values. Throws with what Helm says. */
export function renderChart(cluster: ClusterClient, namespace: string, values: Values = {}): Promise<string> {
  const args = ['template', RELEASE, CHART, `--namespace=${namespace}`, '--values=-'];
  return cluster.helm(args, { input: JSON.stringify(values) });
}

/** The objects in YAML as Helm writes it. */
export function objectsIn(yaml: string): KubernetesObject[] {
  return parseAllDocuments(yaml, { version: '1.1' })
    .map((document) => {
      if (document.errors[0]) throw document.errors[0];
      return document.toJS();
    })
    .filter((object) => object !== null);
}

async function created(cluster: ClusterClient, path: string, object: object): Promise<void> {
  const { status, body } = await cluster.request('POST', path, object);
  if (status !== 201) throw new Error(`POST ${path} answered ${status}: ${JSON.stringify(body)}`);
}

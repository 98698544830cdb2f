import { createNamespace, installChart } from '@coppice/testkit/kubernetes/chart';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const cluster = sharedCluster();
const namespace = 'access';
const accounts = ['gateway', 'model', 'trainer', 'page', 'mlflow'] as const;

/** What each account may do in the API server, beside what it may ask about itself. None of our programs talks to it. */
const allowed: Record<(typeof accounts)[number], string[]> = {
  gateway: [],
  model: [],
  trainer: [],
  page: [],
  mlflow: [],
};

const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const resources = [
  ...['secrets', 'configmaps', 'pods', 'pods/exec', 'pods/log', 'services', 'serviceaccounts', 'serviceaccounts/token'],
  ...['deployments.apps', 'deployments.apps/scale', 'jobs.batch', 'cronjobs.batch', 'leases.coordination.k8s.io'],
  ...['roles.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io', 'networkpolicies.networking.k8s.io'],
  ...['httproutes.gateway.networking.k8s.io', 'virtualservices.networking.istio.io', 'nodes', 'namespaces'],
];

beforeAll(async () => {
  await createNamespace(cluster, namespace);
  const all = {
    releases: { url: 's3://bucket/releases' },
    mlflow: { enabled: true },
    training: { schedule: '0 3 * * 1' },
  };
  await installChart(cluster, namespace, all);
});
afterAll(() => cluster.close());

it('each program has an account of its own, and the namespace no other', async () => {
  const { items } = await cluster.get(`/api/v1/namespaces/${namespace}/serviceaccounts`);
  const names = items.map(({ metadata }: { metadata: { name: string } }) => metadata.name).sort();
  expect(names).toEqual([...accounts.map((name) => `coppice-${name}`), 'default'].sort());
  const pods = await cluster.get(`/api/v1/namespaces/${namespace}/pods`);
  for (const { metadata, spec } of pods.items) {
    const component = metadata.labels['app.kubernetes.io/component'].replace('training', 'trainer');
    expect(spec).toMatchObject({ serviceAccountName: `coppice-${component}`, automountServiceAccountToken: false });
  }
});

describe.each(accounts)('the account of %s', (name) => {
  const user = `system:serviceaccount:${namespace}:coppice-${name}`;

  it(`can do nothing but ${allowed[name].join(', ') || 'ask about itself'}`, async () => {
    const tried = verbs.flatMap((verb) => resources.map((resource) => ({ verb, resource })));
    const answers = await Promise.all(tried.map(({ verb, resource }) => mayDo(user, verb, resource)));
    const may = tried.filter((_, at) => answers[at]).map(({ verb, resource }) => `${verb} ${resource}`);
    expect(tried.length).toBe(140);
    expect(may).toEqual(allowed[name]);
  });

  it('has no rule that an account of nobody lacks', async () => {
    const rules = (as: string) => cluster.kubectl(['auth', 'can-i', '--list', `--as=${as}`, '-n', namespace]);
    // two accounts without a binding have the same rules
    const [own, nobody] = await Promise.all([rules(user), rules(`system:serviceaccount:${namespace}:default`)]);
    expect(own.split('\n').sort()).toEqual(nobody.split('\n').sort());
  });
});

it('the administrator can, so that a "no" says something', async () => {
  const can = (...args: string[]) => cluster.kubectl(['auth', 'can-i', ...args, '-n', namespace]);
  expect(await can('get', 'secrets')).toBe('yes\n');
  expect(await mayDo('admin', 'get', 'secrets', ['system:masters'])).toBe(true);
});

async function mayDo(user: string, verb: string, name: string, more: string[] = []): Promise<boolean> {
  const [full = '', subresource = ''] = name.split('/');
  const [resource, ...group] = full.split('.');
  const groups = user.startsWith('system:serviceaccount:')
    ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
    : more;
  const asked = { namespace, verb, resource, subresource, group: group.join('.') };
  const { status, body } = await cluster.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    spec: { user, groups, resourceAttributes: asked },
  });
  if (status !== 201) throw new Error(`the API server answered ${status}: ${JSON.stringify(body)}`);
  return body.status.allowed;
}

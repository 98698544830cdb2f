import { objectsIn, renderChart, type Values } from '@coppice/testkit/kubernetes/chart';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { afterAll, describe, expect, it } from 'vitest';

const cluster = sharedCluster();
const releases = { url: 's3://bucket/releases' };
const render = (values: Values) => renderChart(cluster, 'gateway-pod', { releases, ...values });

afterAll(() => cluster.close());

async function gateway(values: Values = {}) {
  const all = objectsIn(await render(values)).filter(({ metadata }) => metadata.name === 'coppice-gateway');
  const find = (wanted: string) => all.find(({ kind }) => kind === wanted);
  return { pod: find('Deployment').spec.template.spec, settings: find('ConfigMap').data };
}

describe('the gateway', () => {
  it('finds the certificate of its database’s authority in the Secret of the address', async () => {
    const { pod } = await gateway();

    expect(pod.volumes).toContainEqual({
      name: 'database',
      secret: { secretName: 'coppice-database', optional: true, items: [{ key: 'ca.crt', path: 'ca.crt' }] },
    });
    expect(pod.containers[0].volumeMounts).toContainEqual({
      ...{ name: 'database', mountPath: '/etc/coppice-database', readOnly: true },
    });
  });

  it('gets off and on, which YAML reads as false and true, as the words that it takes', async () => {
    const { settings } = await gateway({ gateway: { settings: { RECORD: false, RATE_LIMIT: 0 } } });

    expect(settings).toMatchObject({ RECORD: 'off', RATE_LIMIT: '0' });
  });

  it('has time to leave a slow load balancer before its requests under way get theirs', async () => {
    const { pod } = await gateway({ drainSeconds: 20, gateway: { settings: { SHUTDOWN_GRACE: 30 } } });

    expect(pod.containers[0].lifecycle.preStop).toEqual({ sleep: { seconds: 20 } });
    expect(pod.terminationGracePeriodSeconds).toBe(65);
  });

  it('answers to its whole name where the domain of the cluster is left out', async () => {
    const { settings } = await gateway({ clusterDomain: null });

    expect(settings.ALLOWED_HOSTS.split(',')).toContain('coppice-gateway.gateway-pod.svc.cluster.local');
  });
});

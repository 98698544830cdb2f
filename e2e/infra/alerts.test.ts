import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dashboardQueries } from '@coppice/prometheus/grafana/queries';
import { metricNames, readRules } from '@coppice/prometheus/rules';
import { root } from '@coppice/testkit/programs/run-command';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../stack/stack.ts';
import { type Monitoring, startMonitoring } from './monitoring.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

/** Absent: until a rollout ran, there is enough feedback of both kinds, or versions serve releases. The gateway's tests show them. */
const MAY_BE_ABSENT = [
  'model_release_number',
  'rollout_step_percent',
  'rollout_guardrail_log_e',
  'rollout_guardrail_violated',
  'experiment_effect',
  'experiment_effect_low',
  'experiment_effect_high',
];
/** Also absent: what only a cluster has, and a target that is not reached. */
const mayBeAbsent = (expr: string) =>
  metricNames(expr).some((name) => MAY_BE_ABSENT.includes(name) || /^(kube|container)_/.test(name)) ||
  expr.includes('== 0');

const simulateProgram = join(root, 'scripts/simulate.ts');

let stack: Stack;
let monitoring: Monitoring;
let webhook: WebhookReceiver;

beforeAll(async () => {
  stack = await startStack({ versions: ['v1', 'v2'], ui: false, env: { gateway: { SHADOW_VERSION: 'v2' } } });
  monitoring = await startMonitoring(stack);
  webhook = await startWebhookReceiver();
});

afterAll(async () => {
  await monitoring?.stop();
  await webhook?.stop();
  await stack?.stop();
});

const simulate = (...args: string[]) =>
  promisify(execFile)(process.execPath, [simulateProgram, '--gateway', stack.gatewayUrl, ...args]);

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** The present series of an expression. */
async function query(expr: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
  const url = `${monitoring.prometheusUrl}/api/v1/query?query=${encodeURIComponent(expr)}`;
  return (await get<{ data: { result: [] } }>(url)).data.result;
}

type Alert = { labels: Record<string, string>; annotations: Record<string, string>; state: string };
const firing = async () =>
  (await get<{ data: { alerts: Alert[] } }>(`${monitoring.prometheusUrl}/api/v1/alerts`)).data.alerts.filter(
    ({ state }) => state === 'firing',
  );

type Sent = { labels: Record<string, string>; status: { state: string; inhibitedBy: string[] } };
const atAlertmanager = () => get<Sent[]>(`${monitoring.alertmanagerUrl}/api/v2/alerts`);

/** Waits for an alert at Prometheus, at Alertmanager, and at the webhook. */
async function expectAlert(alertname: string, labels: Record<string, string> = {}) {
  const wanted = (alert: { labels: Record<string, string> }) =>
    Object.entries({ alertname, ...labels }).every(([name, value]) => alert.labels[name] === value);
  const found = await eventually(async () => (await firing()).find(wanted));
  await eventually(async () => (await atAlertmanager()).find(wanted));
  await eventually(async () => webhook.alerts.find(wanted));
  return found;
}

describe('in good health', () => {
  beforeAll(async () => {
    // two scrapes before the traffic, so that there is an increase to be seen
    await eventually(async () => Number((await query('count_over_time(up{job="gateway"}[1m])'))[0]?.value[1]) >= 2);
    await simulate('--rate', '60', '--duration', '8s', '--users', '0', '--feedback', '1', '--errors', '0.05');
    await eventually(async () => (await query('job_version:feedback:increase1h > 0')).length > 0);
  });

  it.each(dashboardQueries().filter(mayBeAbsent))('the dashboard’s query can be run: %s', async (expr) => {
    expect(await query(expr.replaceAll('$__rate_interval', '1m'))).toBeInstanceOf(Array);
  });

  it.each(dashboardQueries().filter((expr) => !mayBeAbsent(expr)))(
    'the dashboard’s query has data: %s',
    async (expr) => {
      await eventually(async () => (await query(expr.replaceAll('$__rate_interval', '1m'))).length > 0);
    },
  );

  it('every recording rule has data', async () => {
    for (const { record } of readRules())
      if (record) expect([record, (await query(record)).length > 0]).toEqual([record, true]);
  });

  it('every alert can be evaluated: its expression runs and all of its series exist', async () => {
    const url = `${monitoring.prometheusUrl}/api/v1/rules`;
    const { data } = await get<{ data: { groups: { rules: { name: string; health: string }[] }[] } }>(url);
    for (const { name, health } of data.groups.flatMap(({ rules }) => rules))
      expect([name, health]).toEqual([name, 'ok']);
    for (const { alert, expr } of readRules())
      for (const name of alert ? metricNames(expr) : [])
        if (!MAY_BE_ABSENT.includes(name))
          expect([alert, name, (await query(name)).length > 0]).toEqual([alert, name, true]);
  });

  it('no alert fires and Prometheus logs no problem, though no Alertmanager runs', async () => {
    // a busy test machine may really be slow
    const others = (await firing()).filter(({ labels }) => !labels.alertname?.includes('Latency'));
    expect(others).toEqual([]);
    expect(monitoring.prometheusLog()).not.toMatch(/level=(warn|error)/i);
  });
});

describe('when something is wrong', () => {
  beforeAll(() => monitoring.startAlertmanager(webhook.url));

  it('a shifted feature raises the drift alert within 500 predictions', async () => {
    await simulate('--rate', '100', '--duration', '5s', '--shift', 'petal_width=+1.5sd');
    const { annotations } = await expectAlert('FeatureDrift', { feature: 'petal_width' });
    expect(annotations.description).toMatch(/distance from the training data \(Kolmogorov-Smirnov\) is 0\.\d\d/);
  });

  it('a dead version raises an alert', async () => {
    await stack.kill('model-v2', 'SIGKILL');
    const { annotations } = await expectAlert('VersionDown', { version: 'v2' });
    expect(annotations.description).toContain('Its weight is 50');
  });

  it('failed requests raise an alert, and invalid ones do not', async () => {
    // requests pinned to the dead version get a 503; the exit status says that none got a prediction
    await simulate('--rate', '60', '--duration', '3s', '--version-pin', 'v2').catch(() => {});
    const { annotations } = await expectAlert('HighErrorRate');
    expect(annotations.description).toMatch(/^\d[\d.]*% of the valid requests/);
  });

  it('a dead gateway raises an alert that silences the others', async () => {
    await stack.kill('gateway', 'SIGKILL');
    await expectAlert('GatewayDown');
    const now = new Date().toISOString();
    await fetch(`${monitoring.alertmanagerUrl}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([
        { labels: { alertname: 'HighLatency', job: 'gateway', severity: 'warning' }, startsAt: now },
      ]),
    });
    const suppressed = await eventually(async () =>
      (await atAlertmanager()).find(
        ({ labels, status }) => labels.alertname === 'HighLatency' && status.state === 'suppressed',
      ),
    );
    expect(suppressed.status.inhibitedBy).toHaveLength(1);
  });
});

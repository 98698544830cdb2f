import { type RetrainJobView, retrainingView, retrainJob, retrainJobView } from '@coppice/contract';
import { freePort } from '@coppice/testkit/programs/free-port';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ComposeStack, imageSize } from './compose-stack.ts';

const TOKEN = 'a-token-of-the-retrainer';
const usual = ['trainer', 'model-v1', 'model-v2', 'gateway', 'ui', 'prometheus'];
let stack: ComposeStack;
let url: string;

beforeAll(async () => {
  const port = String(await freePort());
  url = `http://127.0.0.1:${port}`;
  stack = await ComposeStack.create('retrain', { RETRAIN_PORT: port, RETRAIN_TOKEN: TOKEN });
  await stack.compose(['--profile', 'retrain', 'build', ...usual, 'retrainer']);
  await stack.compose(['--profile', 'retrain', 'up', '--detach', '--wait', 'retrainer', 'prometheus']);
});
afterAll(() => stack?.down());

const ask = (path: string, init: RequestInit = {}) =>
  fetch(url + path, {
    ...init,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
  });

/** Health of the retrainer as Prometheus scrapes it; empty while it has no such target. */
async function scraped(): Promise<string[]> {
  const { data } = (await (await fetch(`${stack.prometheusUrl}/api/v1/targets?scrapePool=retrainer`)).json()) as {
    data: { activeTargets: { scrapeUrl: string; health: string }[] };
  };
  return data.activeTargets.map(({ scrapeUrl, health }) => `${scrapeUrl} ${health}`);
}

it('is started by its profile alone, healthy, and confined as all services are', async () => {
  const started = (await stack.compose(['config', '--services'])).trim().split('\n');
  expect(started.sort()).toEqual([...usual].sort());
  const { Config, HostConfig, State } = await stack.inspect('retrainer');
  expect(State.Health?.Status).toBe('healthy');
  expect(Config.User).toBe('node');
  expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], CapAdd: null });
  expect(HostConfig.Memory).toBeGreaterThan(0);
  const bindings = Object.values(HostConfig.PortBindings ?? {}).flat();
  expect(bindings.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1']);
  console.log(`retrainer: an image of ${((await imageSize('coppice-retrainer:local')) / 1e6).toFixed(0)} MB`);
});

it('begins no job without the token', async () => {
  const body = JSON.stringify({ reason: 'prices changed' });
  const answer = await fetch(`${url}/jobs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(answer.status).toBe(401);
});

it('refuses a job for too few rows, and gateway and log say why', async () => {
  const begun = await ask('/jobs', { method: 'POST', body: JSON.stringify({ reason: 'prices changed' }) });
  expect(begun.status).toBe(202);
  const { id } = retrainJob.parse(await begun.json());
  const ended = await eventually(
    async (): Promise<RetrainJobView | false> => {
      const job = retrainJobView.parse(await (await ask(`/jobs/${id}`)).json());
      return job.state !== 'running' && job;
    },
    { what: 'the job has ended', everyMs: 500 },
  );
  expect(ended).toMatchObject({ state: 'refused', release: null });
  expect(ended.decision).toBe('0 rows with feedback, 200 needed (RETRAIN_MIN_ROWS).');
  const { jobs } = retrainingView.parse(await (await fetch(`${stack.gatewayUrl}/retraining`)).json());
  expect(jobs).toMatchObject([{ id, cause: { kind: 'command', text: 'prices changed' }, decision: ended.decision }]);
});

it('runs one job by its command, with exit status 1 for one that is refused', async () => {
  const once = ['run', '--rm', '-T', '--no-deps', 'retrainer', 'once', '--why', 'by hand'];
  await expect(stack.compose(once)).rejects.toThrow('0 rows with feedback, 200 needed (RETRAIN_MIN_ROWS).');
});

it('is scraped by Prometheus while it runs, and no longer', async () => {
  await expect.poll(scraped, { timeout: 60_000 }).toEqual(['http://retrainer:8090/metrics up']);
  await stack.compose(['--profile', 'retrain', 'stop', 'retrainer']);
  expect((await stack.inspect('retrainer')).State.ExitCode).toBe(0);
  await expect.poll(scraped, { timeout: 60_000 }).toEqual([]);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditPage, RolloutReport, RolloutView } from '@coppice/contract';
import { startOipServer } from '@coppice/testkit/oip-server';
import { startThrowawayPostgres } from '@coppice/testkit/programs/throwaway-postgres';
import { expect, it, onTestFinished } from 'vitest';
import { printFigures } from './figures.ts';
import { startFlawedProxy } from './flawed-proxy.ts';
import { failures, Load, latency } from './load.ts';
import { Gateway, until } from './stack.ts';

/** Shortened steps: 3 seconds and 20 requests each, looked at twice a second. */
const QUICK = { ROLLOUT_LOOK_SECONDS: '0.5', ROLLOUT_STEP_MINUTES: '0.05', ROLLOUT_STEP_REQUESTS: '20' };
const STEPS = [1, 5, 10, 25, 50];

/**
 * Two servers, each behind a proxy, and gateways in front of them. The candidate's proxy can turn bad; the baseline's makes
 * both equally slow, or else a candidate on a busy machine is taken out for its proxy.
 */
async function startRolloutStack(env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-rollout-'));
  const servers = await Promise.all([startOipServer({ features: 4 }), startOipServer({ features: 4 })]);
  const [v1, v2] = servers.map(({ url }) => url) as [string, string];
  const [baseline, candidate] = await Promise.all([startFlawedProxy(v1), startFlawedProxy(v2)]);
  const gateways: Gateway[] = [];
  onTestFinished(async () => {
    for (const gateway of gateways) await gateway.end();
    await Promise.all([baseline.stop(), candidate.stop()]);
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  });
  const add = async () => {
    const gateway = new Gateway({
      ...{ MODEL_V1_URL: baseline.url, MODEL_V2_URL: candidate.url, MODEL_V1_WEIGHT: '100', MODEL_V2_WEIGHT: '0' },
      ...{
        ADMIN_TOKEN: 'token-of-the-fault-tests',
        DATA_DIR: join(folder, `data-${gateways.length}`),
        ...QUICK,
        ...env,
      },
    });
    gateways.push(gateway);
    await gateway.start();
    await until('both versions are ready', async () => (await gateway.ready()).status === 'ready');
    return gateway;
  };
  return { candidate, add };
}

async function post(gateway: Gateway, path: string, body: object): Promise<RolloutView> {
  const answer = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer token-of-the-fault-tests' },
    body: JSON.stringify({ reason: 'fault test', ...body }),
  });
  const report = (await answer.json()) as RolloutReport;
  expect({ status: answer.status, report }).toMatchObject({ status: 200 });
  return report.rollout as RolloutView;
}

const begin = (gateway: Gateway, more = {}) => post(gateway, '/rollout', { version: 'v2', ...more });
const seen = async (gateway: Gateway) => (await gateway.get<RolloutReport>('/rollout')).rollout as RolloutView;
const is = (gateway: Gateway, wanted: Partial<RolloutView>) =>
  until(`the rollout is ${JSON.stringify(wanted)}`, async () => {
    const rollout = await seen(gateway);
    if (rollout.state === 'rolled_back' && wanted.state !== 'rolled_back') throw new Error(rollout.words);
    return Object.entries(wanted).every(([key, value]) => rollout[key as keyof RolloutView] === value);
  });
/** A short text of a state, for the table. */
const short = ({ state, paused_by, percent }: RolloutView) =>
  `${state}${paused_by ? `(${paused_by})` : ''} ${percent} %`;

it('goes from 1 to 100 % under traffic, and nothing is lost when it is killed in each state', async () => {
  const { add } = await startRolloutStack();
  const gateway = await add();
  const figures: Record<string, string> = {};
  let load = new Load(gateway.url, { rate: 150 });
  const all: Awaited<ReturnType<Load['stop']>> = [];
  /** Kills the gateway and starts it again; what it had must be in force. */
  const kill = async (state: string) => {
    const before = { rollout: await seen(gateway), weights: (await gateway.config()).weights };
    all.push(...(await load.stop()));
    await gateway.signal('SIGKILL');
    await sleep(1500);
    await gateway.start();
    await until('both versions are ready', async () => (await gateway.ready()).status === 'ready');
    const after = { rollout: await seen(gateway), weights: (await gateway.config()).weights };
    figures[`killed when ${state}`] =
      `${short(before.rollout)} → ${short(after.rollout)}, ${JSON.stringify(after.weights)}`;
    expect(after.weights).toEqual(before.weights);
    expect(after.rollout).toMatchObject({
      state: before.rollout.state,
      paused_by: before.rollout.paused_by,
      step: before.rollout.step,
    });
    load = new Load(gateway.url, { rate: 150 });
  };

  await begin(gateway);
  await kill('running');
  await is(gateway, { percent: 5 });
  await post(gateway, '/rollout/pause', {});
  await kill('paused by itself');
  await post(gateway, '/rollout/resume', {});
  await is(gateway, { percent: 10 });
  await gateway.retune({ weights: { v1: 80, v2: 20 } });
  expect(short(await seen(gateway))).toBe('paused(human) 10 %');
  await kill("paused with a person's weights");
  await sleep(4000);
  expect((await gateway.config()).weights).toEqual({ v1: 80, v2: 20 });
  await post(gateway, '/rollout/resume', { step: 25 });
  await is(gateway, { state: 'done' });
  await kill('done');
  await sleep(2000);
  all.push(...(await load.stop()));

  const { audit } = await gateway.get<AuditPage>('/audit?limit=100');
  const done = await seen(gateway);
  printFigures('A rollout from 1 to 100 %, its gateway killed in each state', {
    ...figures,
    'predictions, failed': `${all.length}, ${JSON.stringify(failures(all))}`,
    'steps taken by itself': audit.filter(({ who }) => who === 'rollout').length,
    'reason of the last one': done.moves.at(-1)?.reason ?? '',
  });
  expect(failures(all)).toEqual({});
  expect((await gateway.config()).weights).toEqual({ v1: 0, v2: 100 });
  expect(audit.filter(({ who }) => who === 'rollout').map(({ action }) => action)).toEqual([
    'rollout done',
    'rollout step',
    'rollout step',
    'rollout step',
  ]);
});

it.each([
  ['fails a tenth of its requests', (candidate: Candidate) => candidate.fail(0.1)],
  ['hangs', (candidate: Candidate) => candidate.hang(1)],
])('takes a candidate out that %s at a quarter of the traffic, without a failed request', async (how, turnBad) => {
  const { add, candidate } = await startRolloutStack({ UPSTREAM_TIMEOUT: '1' });
  const gateway = await add();
  const load = new Load(gateway.url, { rate: 150, connections: 256 });
  await begin(gateway);
  await is(gateway, { percent: 25 });
  const badAt = Date.now();
  turnBad(candidate);
  await is(gateway, { state: 'rolled_back' });
  const backAfter = Date.now() - badAt;
  await sleep(1500);
  const weights = (await gateway.config()).weights;
  const outcomes = await load.stop();
  const rollout = await seen(gateway);
  const slow = outcomes.filter(({ sentAt, endedAt }) => endedAt - sentAt > 900).length;
  printFigures(`A candidate that ${how} from 25 % on`, {
    'predictions, failed': `${outcomes.length}, ${JSON.stringify(failures(outcomes))}`,
    'failed over': await gateway.metric('prediction_failovers_total', 'from="v2"'),
    'slower than 0.9 s': slow,
    'p99 in ms': latency(outcomes, 0.99),
    'taken out after ms': backAfter,
    'killed while rolled back': await killed(gateway),
    reason: rollout.moves.at(-1)?.reason ?? '',
  });
  expect(failures(outcomes)).toEqual({});
  expect(weights).toEqual({ v1: 100, v2: 0 });
  // those that were on their way when the ejection came
  expect(slow).toBeLessThan(100);
  expect(await seen(gateway)).toMatchObject({ state: 'rolled_back', percent: 0 });
});
type Candidate = Awaited<ReturnType<typeof startFlawedProxy>>;

async function killed(gateway: Gateway): Promise<string> {
  await gateway.signal('SIGKILL');
  await gateway.start();
  return `${short(await seen(gateway))}, ${JSON.stringify((await gateway.config()).weights)}`;
}

it('is led by one of two gateways, and by the other one once that is gone; goes only back while the database is away', async () => {
  const server = await startThrowawayPostgres();
  onTestFinished(() => server.stop());
  const { add, candidate } = await startRolloutStack({ DATABASE_URL: await server.createDatabase('rollout') });
  const [a, b] = [await add(), await add()];
  const loads = [a, b].map((gateway) => new Load(gateway.url, { rate: 80 }));
  await begin(a);
  await is(b, { percent: 5 });
  const audit = async (gateway: Gateway) => (await gateway.get<AuditPage>('/audit?limit=100')).audit;
  expect((await audit(a)).filter(({ action }) => action === 'rollout step')).toHaveLength(1);

  await loads[0]?.stop();
  await a.signal('SIGKILL');
  const killedAt = Date.now();
  await is(b, { percent: 10 });
  const tookOver = Date.now() - killedAt;

  const awayAt = Date.now();
  await server.down();
  await until('it says why it stands', async () => (await seen(b)).look?.held === 'the record cannot be written');
  await sleep(5000);
  const held = await seen(b);
  candidate.hang(1);
  await until('the candidate is out', async () => (await b.config()).weights.v2 === 0);
  const outAfter = Date.now() - awayAt;
  const meanwhile = await seen(b);
  await server.up();
  await until('it is in the audit', async () => (await audit(b))[0]?.action === 'rollout rolled back');
  const outcomes = (await loads[1]?.stop()) ?? [];
  printFigures('Two gateways on one PostgreSQL, one killed, then the database away', {
    'steps in the audit when both ran': 'one each',
    'the other one went on after ms': tookOver,
    'without the database': short(held),
    'the candidate hung: out after ms': `${outAfter} of the outage: ${short(meanwhile)}`,
    reason: meanwhile.moves.at(-1)?.reason ?? '',
    'predictions, failed': `${outcomes.length}, ${JSON.stringify(failures(outcomes))}`,
  });
  expect(held).toMatchObject({ state: 'running', percent: 10 });
  expect(failures(outcomes)).toEqual({});
  expect((await audit(b))[0]).toMatchObject({ who: 'rollout', to: { weights: { v1: 100, v2: 0 } } });
});

it('has the steps of the settings', async () => {
  const { add } = await startRolloutStack();
  const gateway = await add();
  expect((await begin(gateway)).steps).toEqual(STEPS);
});

import { setTimeout as sleep } from 'node:timers/promises';
import type { ShadowReport } from '@coppice/contract';
import { expect, it } from 'vitest';
import { printFigures } from './figures.ts';
import { failures, Load, latency } from './load.ts';
import { startStack, until } from './stack.ts';

/** The default of `UPSTREAM_TIMEOUT`. */
const TIMEOUT_MS = 2000;

it('a version that hangs: the other one answers unpinned requests, pinned ones get 503 or 504, none is late', async () => {
  const { gateway, models } = await startStack();
  const load = new Load(gateway.url, {
    rate: 100,
    connections: 512,
    next: (n) => (n % 20 === 19 ? { pin: 'v1' } : {}),
  });
  await sleep(1000);
  const frozenAt = Date.now();
  await models[0]?.signal('SIGSTOP');
  await until('v1 is out of traffic', async () => (await gateway.ready()).status === 'degraded');
  const outAt = Date.now();
  await sleep(2000);
  await models[0]?.signal('SIGCONT');
  await until('v1 is back', async () => (await gateway.ready()).status === 'ready');
  const backAt = Date.now();
  await sleep(1000);
  const outcomes = await load.stop();

  const unpinned = outcomes.filter(({ pin }) => pin === undefined);
  const pinned = outcomes.filter(({ pin }) => pin !== undefined);
  const after = unpinned.filter(({ sentAt }) => sentAt > backAt);
  printFigures('Version v1 of two (50/50) frozen by SIGSTOP', {
    'requests a second': load.reached,
    'unpinned requests, failed': `${unpinned.length}, ${JSON.stringify(failures(unpinned))}`,
    'answered by failover': unpinned.filter(({ route }) => route === 'failover').length,
    'ms until out of traffic': outAt - frozenAt,
    'slowest answer, ms': latency(unpinned, 1),
    'pinned to v1, failed': `${pinned.length}, ${JSON.stringify(failures(pinned))}`,
    'slowest answer to a pinned one, ms': latency(pinned, 1),
  });

  expect(failures(unpinned)).toEqual({});
  expect(pinned.every(({ status }) => [200, 503, 504].includes(status))).toBe(true);
  expect(pinned.some(({ status }) => status === 503 || status === 504)).toBe(true);
  expect(latency(outcomes, 1)).toBeLessThan(1.5 * TIMEOUT_MS + load.worstStall);
  expect(after.some(({ version }) => version === 'v1')).toBe(true);
});

it('a shadow version that hangs or is gone neither fails nor slows an answer', async () => {
  const { gateway, models } = await startStack({
    env: { SHADOW_VERSION: 'v2', MODEL_V1_WEIGHT: '100', MODEL_V2_WEIGHT: '0' },
  });
  const load = new Load(gateway.url, { rate: 200 });
  const marks = [Date.now()];
  const mark = async () => {
    await sleep(2500);
    marks.push(Date.now());
  };
  await mark();
  const { compared } = await gateway.get<ShadowReport>('/shadow');
  await models[1]?.signal('SIGSTOP');
  await mark();
  await models[1]?.signal('SIGKILL');
  await mark();
  await models[1]?.start();
  await until(
    'the shadow is compared again',
    async () => (await gateway.get<ShadowReport>('/shadow')).compared > compared + 50,
  );
  const outcomes = await load.stop();
  const report = await gateway.get<ShadowReport>('/shadow');
  const [well, frozen, gone] = [0, 1, 2].map((i) =>
    outcomes.filter(({ sentAt }) => sentAt >= (marks[i] as number) && sentAt < (marks[i + 1] as number)),
  ) as [typeof outcomes, typeof outcomes, typeof outcomes];
  const quantiles = (of: typeof outcomes) => `${latency(of, 0.5)}, ${latency(of, 0.99)}`;
  printFigures('Shadow version v2 frozen, then killed, then back', {
    'requests a second': load.reached,
    'live answers, failed': `${outcomes.length}, ${JSON.stringify(failures(outcomes))}`,
    'live p50, p99 in ms while the shadow works': quantiles(well),
    'live p50, p99 in ms while it hangs': quantiles(frozen),
    'live p50, p99 in ms while it is gone': quantiles(gone),
    'copies compared, dropped, failed': `${report.compared}, ${report.dropped}, ${report.failed}`,
  });

  expect(failures(outcomes)).toEqual({});
  expect(outcomes.every(({ version }) => version === 'v1')).toBe(true);
  expect(compared).toBeGreaterThan(100);
  expect(report.dropped).toBeGreaterThan(100);
  // an answer that waits for the shadow would take its whole time-out
  expect(latency([...frozen, ...gone], 0.99)).toBeLessThan(TIMEOUT_MS / 2 + load.worstStall);
});

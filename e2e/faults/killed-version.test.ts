import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { printFigures } from './figures.ts';
import { failed, failures, Load, latency } from './load.ts';
import { startStack, until } from './stack.ts';

it('one of two versions killed under load: no unpinned request fails, and it gets its share back', async () => {
  const { gateway, models } = await startStack();
  const load = new Load(gateway.url, { rate: 200, next: (n) => (n % 20 === 19 ? { pin: 'v1' } : {}) });
  await sleep(2000);
  const killedAt = Date.now();
  await models[0]?.signal('SIGKILL');
  await until('v1 is out of traffic', async () => (await gateway.ready()).status === 'degraded');
  await sleep(3000);
  const backAt = Date.now();
  await models[0]?.start();
  await until('v1 is ready again', async () => (await gateway.ready()).status === 'ready');
  const readyAt = Date.now();
  await sleep(1500);
  const outcomes = await load.stop();

  const outAt = gateway.loggedAt('version ejected', killedAt) ?? gateway.loggedAt('version is not ready', killedAt);
  if (outAt === undefined) throw new Error('the log does not say that v1 is out of traffic');
  const unpinned = outcomes.filter(({ pin }) => pin === undefined);
  const before = unpinned.filter(({ sentAt }) => sentAt < killedAt);
  const while_ = unpinned.filter(({ sentAt }) => sentAt >= killedAt && sentAt < backAt);
  const after = unpinned.filter(({ sentAt }) => sentAt >= readyAt);
  const pinned = outcomes.filter(({ pin, sentAt }) => pin !== undefined && sentAt >= killedAt && sentAt < backAt);
  const share = (of: typeof outcomes) => of.filter(({ version }) => version === 'v1').length / of.length;
  printFigures('Version v1 of two (50/50) killed by SIGKILL', {
    'requests a second': load.reached,
    'unpinned requests': unpinned.length,
    'failed before v1 was out of traffic': unpinned.filter((o) => failed(o) && o.sentAt < outAt).length,
    'failed afterwards': unpinned.filter((o) => failed(o) && o.sentAt >= outAt).length,
    'answered by failover': unpinned.filter(({ route }) => route === 'failover').length,
    'ms until out of traffic': outAt - killedAt,
    'slowest answer around the kill, ms': latency(while_, 1),
    'share of v1 before, while down, after': [before, while_, after].map((of) => share(of).toFixed(2)).join(', '),
    'pinned to v1 while down: got 502/503': `${pinned.filter(failed).length} of ${pinned.length}`,
  });

  expect(failures(unpinned)).toEqual({});
  expect(share(before)).toBeGreaterThan(0.3);
  expect(share(after)).toBeGreaterThan(0.3);
  expect(while_.filter(({ sentAt }) => sentAt > outAt).every(({ version }) => version === 'v2')).toBe(true);
  expect(while_.some(({ route }) => route === 'failover')).toBe(true);
  expect(await gateway.metric('prediction_failovers_total', 'from="v1"')).toBeGreaterThan(0);
  // a pinned request never fails over
  expect(pinned.length).toBeGreaterThan(0);
  expect(pinned.every(({ status, version }) => (status === 503 || status === 502) && version === null)).toBe(true);
});

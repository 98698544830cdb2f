import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditPage } from '@coppice/contract';
import { startThrowawayPostgres } from '@coppice/testkit/programs/throwaway-postgres';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { printFigures } from './figures.ts';
import { failures, Load, latency } from './load.ts';
import { startStack, until } from './stack.ts';

const CHANGES = 10;

it('two gateways on one PostgreSQL share weights within a second, and serve on while it is away', async () => {
  const server = await startThrowawayPostgres();
  onTestFinished(() => server.stop());
  const url = await server.createDatabase('faults');
  const { gateway, addGateway } = await startStack({ env: { DATABASE_URL: url } });
  const other = await addGateway({ DATABASE_URL: url, DATA_DIR: '/nonexistent' });
  const loads = [gateway, other].map((each) => new Load(each.url, { rate: 50 }));

  const delays: number[] = [];
  const share = async (v2: number): Promise<number> => {
    const { revision, weights } = await gateway.retune({ weights: { v1: 100 - v2, v2 } });
    const changedAt = Date.now();
    await until('the other gateway has the weights', async () => (await other.config()).revision >= revision);
    const delay = Date.now() - changedAt;
    expect((await other.config()).weights).toEqual(weights);
    return delay;
  };
  for (let i = 1; i <= CHANGES; i++) delays.push(await share(i));

  const downAt = Date.now();
  await server.down();
  await until('its absence is noticed', async () => {
    const warnings = await Promise.all([gateway, other].map(async (each) => (await each.ready()).warnings.length));
    return warnings.every((n) => n > 0);
  });
  const { revision } = await gateway.retune({ weights: { v1: 50, v2: 50 }, reason: 'while it is away' });
  await sleep(1500);
  const readiness = [await gateway.ready(), await other.ready()];
  await server.up();
  const upAt = Date.now();
  await until('both write again', async () => {
    const warnings = await Promise.all([gateway, other].map(async (each) => (await each.ready()).warnings.length));
    return warnings.every((n) => n === 0);
  });
  const recoveredMs = Date.now() - upAt;
  await until('the other gateway has heard of it', async () => (await other.config()).revision >= revision);
  const delayAfter = await share(60);

  const outcomes = (await Promise.all(loads.map((load) => load.stop()))).flat();
  const { audit } = await other.get<AuditPage>('/audit?limit=100');
  const dropped =
    (await gateway.metric('prediction_record_dropped_total')) + (await other.metric('prediction_record_dropped_total'));
  const codes = [await gateway.signal('SIGTERM'), await other.signal('SIGTERM')];
  const ids = await storedIds(url);
  const missing = outcomes.filter(({ id }) => id !== null && !ids.has(id)).length;
  printFigures('Two gateways on one PostgreSQL, which goes away and comes back', {
    'predictions, failed': `${outcomes.length}, ${JSON.stringify(failures(outcomes))}`,
    'ms until a change of weights was at the other gateway': delays.join(' '),
    'ms of that after the outage': delayAfter,
    'away for ms, written again after ms': `${upAt - downAt}, ${recoveredMs}`,
    'GET /ready meanwhile': readiness.map(({ http, warnings }) => `${http} with ${warnings.length} warning`).join(', '),
    'answered but not in the record': missing,
  });

  expect(failures(outcomes)).toEqual({});
  const held = Math.max(...loads.map(({ worstStall }) => worstStall)) + latency(outcomes, 1);
  // what a busy machine takes from every program is not the gateways'
  for (const delay of [...delays, delayAfter]) expect(delay).toBeLessThan(1000 + held);
  for (const { http, warnings } of readiness) expect([http, warnings.length]).toEqual([200, 1]);
  expect([missing, dropped]).toEqual([0, 0]);
  expect(audit.filter(({ reason }) => reason === 'while it is away')).toHaveLength(1);
  expect(audit.length).toBe(1 + CHANGES + 2);
  expect(codes).toEqual([0, 0]);
});

async function storedIds(url: string): Promise<Set<string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ id: string }>('SELECT id FROM coppice.prediction').finally(() => client.end());
  return new Set(rows.map(({ id }) => id));
}

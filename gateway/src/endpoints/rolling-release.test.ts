import type { HistoryRow } from '@coppice/contract';
import { startConnectionBalancer } from '@coppice/testkit/connection-balancer';
import { startModelServer } from '@coppice/testkit/model-server';
import { type ReleaseFleet, startReleaseFleet } from '@coppice/testkit/release-fleet';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** The class of a row whose first feature is 0, by release. */
const answers: Record<string, string> = { 1: 'a', 2: 'b' };
let fleet: ReleaseFleet;
let old: Awaited<ReturnType<typeof startModelServer>>;
let next: Awaited<ReturnType<typeof startModelServer>>;
let balancer: Awaited<ReturnType<typeof startConnectionBalancer>>;
let gateway: TestGateway;

beforeEach(async () => {
  fleet = await startReleaseFleet();
  const server = (alias: 'champion' | 'challenger') =>
    startModelServer({ version: 'v1', registry: { folder: fleet.folder, alias } });
  [old, next] = await Promise.all([server('champion'), server('challenger')]);
  balancer = await startConnectionBalancer([old.port]);
  gateway = await startGateway({ models: [balancer.url], env: { UPSTREAM_CONNECTION_SECONDS: '0.2' } });
});
afterEach(async () => {
  await gateway.stop();
  await balancer.stop();
  await Promise.all([old.stop(), next.stop(), fleet.stop()]);
});

/** Predicts until `seconds` have passed, over several connections of the gateway; the release of each answer by its id. */
async function predictFor(seconds: number): Promise<Map<string, string>> {
  const answered = new Map<string, string>();
  const end = performance.now() + seconds * 1000;
  const client = async () => {
    while (performance.now() < end) {
      const { status, body, headers } = await gateway.predict(0);
      const release = headers.get('x-model-release') as string;
      expect([status, body.class]).toEqual([200, answers[release]]);
      answered.set(body.prediction_id, release);
    }
  };
  await Promise.all(Array.from({ length: 60 }, client));
  return answered;
}

const switches = () => gateway.logged().split('version serves another model than before').length - 1;

it('one address answers as two releases while its pods roll: each answer counts for its own, and one epoch begins', async () => {
  balancer.balance([old.port, next.port, old.port]);
  const answered = await predictFor(5);
  const count = (release: string) => [...answered.values()].filter((one) => one === release).length;
  expect(count('2')).toBeGreaterThan(0);
  expect(count('1')).toBeGreaterThan(0);
  expect(switches()).toBe(1);

  balancer.balance([next.port]);
  await old.kill();
  const last = await predictFor(1);
  expect(new Set(last.values())).toEqual(new Set(['2']));
  expect(switches()).toBe(1);
  expect(gateway.logged()).not.toMatch(/version ejected|version is not ready/);

  const rows: HistoryRow[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await gateway.get(`/predictions?limit=1000${cursor && `&cursor=${cursor}`}`);
    rows.push(...body.predictions);
    if (!body.next_cursor) break;
    cursor = body.next_cursor;
  }
  const identities = new Map<string, Set<string | null>>();
  for (const row of rows) {
    const number = answered.get(row.prediction_id) ?? last.get(row.prediction_id) ?? 'none';
    identities.set(number, (identities.get(number) ?? new Set()).add(row.release));
  }
  // a release of the record stands for one number, and none is missing
  expect([...identities.keys()].sort()).toEqual(['1', '2']);
  expect([...identities.values()].map((set) => [set.size, set.has(null)])).toEqual([
    [1, false],
    [1, false],
  ]);
});

it('a server that goes back to the release before is known by it within 3 seconds', async () => {
  await predictFor(0.2);
  for (const [pod, release] of [
    [next, '2'],
    [old, '1'],
    [next, '2'],
  ] as const) {
    const before = performance.now();
    balancer.balance([pod.port]);
    await until(async () => {
      await predictFor(0.05);
      expect(String(await gateway.metric('model_release_number{version="v1"}'))).toBe(release);
    });
    expect(performance.now() - before).toBeLessThan(3000);
  }
});

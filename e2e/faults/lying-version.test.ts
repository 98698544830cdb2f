import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Misbehaviour, misbehaviours, startOipServer } from '@coppice/testkit/oip-server';
import { describe } from 'vitest';
import { printFigures } from './figures.ts';
import { failures, Load } from './load.ts';
import { peakMemory } from './peak-memory.ts';
import { Gateway, until } from './stack.ts';

const SECONDS = 15;
/**
 * From then on a bad version delays nothing: the first request that hangs takes the whole time-out of 2 s, and ejects it with
 * those that wait behind it. A gateway without the processor for so long finds those only afterwards, and ejects it with them.
 */
const SETTLED_MS = 3000;
const MOST_MS = 5000;
const SLOW_MS = 500;
const PEAK_MB = 300;

describe.concurrent('a version that fails every inference behind passing health checks', { concurrent: true }, (it) => {
  it.for(Object.keys(misbehaviours) as Misbehaviour[])('by %s', async (behaviour, { expect, onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), 'coppice-faults-'));
    const [v1, v2] = await Promise.all([startOipServer({ features: 4 }), startOipServer({ features: 4 })]);
    const gateway = new Gateway({ MODEL_V1_URL: v1.url, MODEL_V2_URL: v2.url, DATA_DIR: folder });
    onTestFinished(async () => {
      await gateway.end();
      await Promise.all([v1.stop(), v2.stop()]);
      rmSync(folder, { recursive: true, force: true });
    });
    await gateway.start();
    await until('both versions are ready', async () => (await gateway.ready()).status === 'ready');

    const load = new Load(gateway.url, { rate: 25, connections: 128 });
    await sleep(1000);
    const asked = v1.batches.length;
    const badAt = Date.now();
    v1.behave(behaviour);
    await sleep(SECONDS * 1000);
    const state = (await gateway.ready()).versions.find(({ version }) => version === 'v1');
    const askedWhileBad = v1.batches.length - asked;
    const outcomes = await load.stop();

    const lines = gateway.log.filter(({ level, time }) => level === 'warn' && Date.parse(time) >= badAt);
    const outAfter = Date.parse(lines[0]?.time ?? '') - badAt;
    const settled = outcomes.filter(({ sentAt }) => sentAt >= badAt + Math.max(SETTLED_MS, outAfter));
    const slow = settled.filter(({ sentAt, endedAt }) => endedAt - sentAt > SLOW_MS);
    const peak = peakMemory(gateway.pid);
    printFigures(`Version v1 of two (50/50) fails by ${behaviour}`, {
      'requests a second, failed': `${load.reached}, ${JSON.stringify(failures(outcomes))}`,
      [`slower than ${SLOW_MS} ms since then`]: `${slow.length} of ${settled.length}`,
      [`v1 asked in ${SECONDS} s`]: askedWhileBad,
      'GET /ready': state?.reason ?? 'no reason',
      'out after ms': outAfter,
      'log lines': lines.length,
      'peak memory of the gateway, MB': peak,
    });

    expect(failures(outcomes)).toEqual({});
    // what the machine's own stalls delay is not the gateway's
    if (load.worstStall < SLOW_MS / 2) expect(slow.length / settled.length).toBeLessThanOrEqual(0.01);
    expect(outAfter).toBeLessThan(MOST_MS);
    expect(askedWhileBad).toBeLessThan(40);
    expect(state).toMatchObject({ ready: true, ejected: true });
    expect(state?.reason).toContain('its last requests failed: its server');
    expect(lines.map(({ msg, version, reason }) => ({ msg, version, reason }))).toEqual([
      { msg: 'version ejected', version: 'v1', reason: misbehaviours[behaviour] },
    ]);
    expect(peak).toBeLessThanOrEqual(PEAK_MB);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditPage } from '@coppice/contract';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { expect, it } from 'vitest';
import { printFigures } from './figures.ts';
import { failures, Load, latency, type Outcome } from './load.ts';
import { readRecord, uuidTime } from './read-record.ts';
import { startStack } from './stack.ts';

const KILLS = 20;
/** What a kill may cost. */
const LOSS_MS = 200;

it('a gateway killed 20 times under load keeps its weights, its audit, and all but its newest predictions', async () => {
  const { gateway, database } = await startStack();
  const random = seededRandom(20);
  const losses: { rows: number; ms: number; stall: number }[] = [];
  let answered = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    const load = new Load(gateway.url, { rate: 200 });
    await sleep(300 + random() * 400);
    const weights = { v1: 100 - kill, v2: kill };
    const { revision } = await gateway.retune({ weights, reason: `kill ${kill}` });
    await sleep(random() * 200);
    const killedAt = Date.now();
    await gateway.signal('SIGKILL');
    const { outcomes, worstStall } = load;
    await load.stop();

    expect(failures(outcomes.filter(({ endedAt }) => endedAt < killedAt))).toEqual({});
    const { ids, integrity } = readRecord(database);
    expect(integrity).toBe('ok');
    losses.push({ ...lossOf(outcomes, ids), stall: worstStall + latency(outcomes, 1) });
    answered += outcomes.filter(({ id }) => id !== null).length;

    await gateway.start();
    const config = await gateway.config();
    expect([config.weights, config.revision]).toEqual([weights, revision]);
    const { audit } = await gateway.get<AuditPage>('/audit?limit=1');
    expect(audit[0]).toMatchObject({ revision, reason: `kill ${kill}` });
  }
  const { audit } = await gateway.get<AuditPage>('/audit?limit=100');
  printFigures(`Gateway killed by SIGKILL ${KILLS} times under 200 requests a second`, {
    'predictions answered': answered,
    'integrity_check ok': `${KILLS} of ${KILLS}`,
    'rows lost at a kill': losses.map(({ rows }) => rows).join(' '),
    'ms of traffic lost at a kill': losses.map(({ ms }) => ms).join(' '),
    'ms that the machine held up the load': losses.map(({ stall }) => stall).join(' '),
    'changes of weights back, audited': audit.filter(({ reason }) => reason.startsWith('kill')).length,
  });

  // what a busy machine takes from every program is not the record's
  for (const { ms, stall } of losses) expect(ms).toBeLessThanOrEqual(LOSS_MS + stall);
  expect(audit.map(({ reason }) => reason)).toEqual([
    ...Array.from({ length: KILLS }, (_, i) => `kill ${KILLS - i}`),
    'first start',
  ]);
});

/** What was answered but is not in the record, and the time from the oldest such row to the last answer. */
function lossOf(outcomes: readonly Outcome[], ids: Set<string>): { rows: number; ms: number } {
  const answered = outcomes.filter(({ id }) => id !== null);
  const lost = answered.filter(({ id }) => !ids.has(id as string)).map(({ id }) => uuidTime(id as string));
  const lastAt = Math.max(...answered.map(({ endedAt }) => endedAt));
  return { rows: lost.length, ms: lost.length === 0 ? 0 : lastAt - Math.min(...lost) };
}

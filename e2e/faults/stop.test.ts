import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { printFigures } from './figures.ts';
import { failures, Load, latency, refused } from './load.ts';
import { readRecord } from './read-record.ts';
import { startStack } from './stack.ts';

const STOPS = 8;

it('a gateway that stops under load answers and records all requests that it received', async () => {
  const { gateway, database } = await startStack();
  const load = new Load(gateway.url, { rate: 200 });
  const stopMs: number[] = [];
  const codes: (number | null)[] = [];
  for (let i = 0; i < STOPS; i++) {
    await sleep(700);
    const begun = Date.now();
    codes.push(await gateway.signal('SIGTERM'));
    stopMs.push(Date.now() - begun);
    await gateway.start();
  }
  await sleep(500);
  const outcomes = await load.stop();
  await gateway.signal('SIGTERM');
  const sent = outcomes.filter((outcome) => !refused(outcome));
  const { ids } = readRecord(database);
  const forgotten = sent.filter(({ id }) => id !== null && !ids.has(id)).length;
  printFigures(`Gateway stopped by SIGTERM and started again, ${STOPS} times`, {
    'requests a second': load.reached,
    'requests sent': sent.length,
    failed: Object.values(failures(sent)).reduce((sum, n) => sum + n, 0),
    'connections refused while it was down': outcomes.length - sent.length,
    'answered but not in the record': forgotten,
    'ms to stop, at most': Math.max(...stopMs),
    'slowest answer, ms': latency(sent, 1),
  });

  expect(failures(sent)).toEqual({});
  expect(forgotten).toBe(0);
  expect(codes).toEqual(codes.map(() => 0));
});

import { writeSync } from 'node:fs';
import { setInterval } from 'node:timers/promises';
import { aRow, openForTest } from './databases.ts';

/*
 * A program that is killed by tests: appends RATE rows a second to the record that the environment names, and prints
 * each id at once, so that whoever kills it knows what was appended.
 */
const perTick = Number(process.env.RATE ?? 2000) / 100;
const { record } = await openForTest({ DATA_DIR: process.env.DATA_DIR as string });
for await (const _ of setInterval(10)) {
  const rows = Array.from({ length: perTick }, () => aRow());
  for (const row of rows) record.append(row);
  writeSync(1, `${rows.map((row) => row.id).join('\n')}\n`);
}

import { writeSync } from 'node:fs';
import { setInterval } from 'node:timers/promises';
import { openRecord } from '@coppice/gateway/record/open-record';
import { readRecordConfig } from '@coppice/gateway/record/record-config';
import { aRow, SCHEMA } from './databases.ts';

/*
 * A program that is killed by tests: appends RATE rows a second to the record that the environment names, and prints
 * each id at once, so that whoever kills it knows what was appended.
 */
const perTick = Number(process.env.RATE ?? 2000) / 100;
const silent = { info: () => {}, warn: () => {} } as unknown as Parameters<typeof openRecord>[1]['log'];
const { record } = await openRecord(readRecordConfig(process.env), {
  ...{ log: silent, schema: () => SCHEMA, onDropped: () => {}, onWritable: () => {} },
});
for await (const _ of setInterval(10)) {
  const rows = Array.from({ length: perTick }, () => aRow());
  for (const row of rows) record.append(row);
  writeSync(1, `${rows.map((row) => row.id).join('\n')}\n`);
}

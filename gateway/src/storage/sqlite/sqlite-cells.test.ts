import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BUCKETS, totalOf } from '@coppice/statistics/bucketed';
import { aRow, idAt } from '@coppice/testkit/record/databases';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CellMetric } from '../port/comparison-store.ts';
import type { Epoch } from '../port/epoch.ts';
import type { RecordedPrediction } from '../port/recorded-prediction.ts';
import { RowBatch } from '../rows/row-batch.ts';
import { openSqlite, openSqliteForReading } from './open-sqlite.ts';

const T0 = 1_790_000_000_000;
const DAY = 86_400_000;
const RULES = { classes: ['setosa', 'versicolor', 'virginica'], costs: null, outcomeRange: null };
const epochOf = (period: number): Epoch => ({ period, weights: { v1: 1 }, releases: { v1: 'a' } });

function open() {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-cells-'));
  const file = join(folder, 'coppice.db');
  const world = { time: T0 };
  const clock = () => world.time;
  const db = openSqlite(file, { maxRows: 1e6, maxDays: 1 }, clock, clock);
  const other = new DatabaseSync(file);
  const reading = openSqliteForReading(file);
  onTestFinished(() => {
    for (const one of [reading, other, db]) one.close();
    rmSync(folder, { recursive: true });
  });
  const write = (period: number, changes: Partial<RecordedPrediction> = {}): string => {
    const row = aRow({ id: idAt(world.time), ...changes });
    const batch = RowBatch.for(row);
    batch.push(row, { origin: 0, route: 0, error: 0 });
    const { version, assigned, release, source, columns } = row;
    const origins = [{ version, assigned, release, source, columns, epoch: epochOf(period) }];
    const words = { generation: 0, origins, routes: ['weighted'], errors: [], classes: RULES.classes };
    db.record.write({ ...words, batches: [batch] });
    return row.id;
  };
  const feedback = (id: string, actual: string) => db.record.addFeedback([{ prediction_id: id, actual }], RULES, false);
  const epochs = () => reading.comparison.epochs(0, Number.MAX_SAFE_INTEGER);
  const count = async (period: number, metric: CellMetric) => {
    const epoch = (await epochs()).find((one) => one.period === period);
    const cell = epoch?.cells.find((one) => one.metric === metric);
    return cell ? [totalOf(cell.n), totalOf(cell.sum)] : null;
  };
  const latencies = async (period: number) => {
    const epoch = (await epochs()).find((one) => one.period === period);
    return epoch?.latencies.flatMap(({ counts }) => [...counts]).reduce((sum, n) => sum + n, 0);
  };
  return { db, other, world, write, feedback, epochs, count, latencies };
}

describe('remembered cells', () => {
  it('count nothing of a transaction that failed', async () => {
    const { other, write, count, latencies, epochs } = open();
    write(1);
    other.exec(`CREATE TRIGGER fault BEFORE UPDATE ON latency_summary BEGIN SELECT RAISE(ABORT, 'fault'); END`);
    expect(() => write(1)).toThrow('fault');
    expect(() => write(2)).toThrow('fault');
    other.exec('DROP TRIGGER fault');
    for (const period of [1, 2]) write(period);
    expect(await count(1, 'assigned')).toEqual([2, 2]);
    expect(await count(2, 'assigned')).toEqual([1, 1]);
    expect(await latencies(1)).toBe(2);
    expect(await latencies(2)).toBe(1);
    expect(await epochs()).toHaveLength(2);
  });

  it('go on with feedback between rows, and with feedback that matches no row', async () => {
    const { write, feedback, count } = open();
    const first = write(1);
    feedback(first, 'versicolor');
    const second = write(1);
    expect(() => feedback(idAt(T0), 'setosa')).toThrow();
    feedback(second, 'setosa');
    feedback(first, 'setosa');
    write(1);
    expect(await count(1, 'accuracy')).toEqual([2, 0]);
    expect(await count(1, 'answered')).toEqual([3, 3]);
  });

  it('begin at none when their epoch was trimmed and begins again', async () => {
    const { db, world, write, count, latencies, epochs } = open();
    write(1);
    write(1);
    const [before] = await epochs();
    // an hour at a time, as a clock that is right goes on
    for (let hour = 0; hour < 72; hour++) {
      world.time += DAY / 24;
      await db.upkeep.trim();
    }
    expect(await epochs()).toEqual([]);
    write(1);
    const [after] = await epochs();
    expect(after?.id).toBe(before?.id);
    expect(after).toMatchObject({ started: world.time, updated: world.time });
    expect(await count(1, 'assigned')).toEqual([1, 1]);
    expect(await latencies(1)).toBe(1);
  });

  it('are read again when the database has lost one', async () => {
    const { other, write, count } = open();
    write(1);
    other.exec("DELETE FROM cell WHERE metric = 'assigned'");
    expect(() => write(1)).toThrow('the cell 1 v1 assigned  is gone');
    write(1);
    expect(await count(1, 'assigned')).toEqual([1, 1]);
    expect(await count(1, 'answered')).toEqual([2, 2]);
  });

  it('are exact when more of them are written than are remembered', async () => {
    const { write, feedback, count } = open();
    const ids: string[] = [];
    for (let period = 1; period <= 600; period++) ids.push(write(period, { bucket: period % BUCKETS }));
    for (const id of ids) feedback(id, 'versicolor');
    for (let period = 1; period <= 600; period++) write(period);
    for (const period of [1, 100, 171, 512, 513, 600]) {
      expect(await count(period, 'assigned')).toEqual([2, 2]);
      expect(await count(period, 'accuracy')).toEqual([1, 1]);
    }
  });

  it('keep the first and the last moment of an epoch', async () => {
    const { world, write, epochs } = open();
    for (const time of [T0 + 5_000, T0 + 9_000, T0 + 1_000, T0 + 6_000]) {
      world.time = time;
      write(1);
    }
    expect(await epochs()).toMatchObject([{ started: T0 + 1_000, updated: T0 + 9_000 }]);
  });
});

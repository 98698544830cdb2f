import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { modelCard, modelReport, REPORT_FILE, TEST_ROWS_FILE, testRows } from '@coppice/contract';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openModel } from './open-model.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coppice-report-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const main = join(import.meta.dirname, 'main.ts');
const out = () => join(dir, 'artifacts');
const place = () => join(dir, 'registry');
const opened = (model = 'mine') => new Registry(new FolderStore(place()), { model });

/** Rows of words, gaps, dates and numbers; the class follows from the first two columns. */
function table(name: string, columns = ['size', 'color', 'day', 'paid']): string {
  const cells = (i: number): Record<string, string | number> => ({
    size: i % 11 === 3 ? '' : (i * 7) % 10,
    color: ['red', 'green', 'blue'][i % 3] as string,
    day: `2024-0${1 + (i % 9)}-1${i % 10}`,
    paid: i % 2 ? 'yes' : 'no',
  });
  const rows = Array.from({ length: 120 }, (_, i) => {
    const row = cells(i);
    return [...columns.map((column) => row[column]), (i * 7) % 10 > 4 || i % 3 === 0 ? 'churn' : 'no'].join(',');
  });
  const file = join(dir, name);
  writeFileSync(file, [`${columns.join(',')},label`, ...rows].join('\n'));
  return file;
}

function train(...args: string[]): Promise<{ status: number; stderr: string }> {
  const all = [main, '--out', out(), '--name', 'mine', '--forest', 'v1=5x4', '--force', ...args];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, all, { env: { ...process.env, HOME: dir } }, (_error, _stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, stderr }),
    );
  });
}

const text = (name: string) => readFileSync(join(out(), 'v1', name), 'utf8');
const report = () => modelReport.parse(JSON.parse(text(REPORT_FILE)));
const card = () => modelCard.parse(JSON.parse(text('model-card.json')));
const kept = () => testRows.parse(JSON.parse(gunzipSync(readFileSync(join(out(), 'v1', TEST_ROWS_FILE))).toString()));

describe('a training', () => {
  it("writes a report that agrees with the card, and test rows on which the model reaches the report's accuracy", async () => {
    expect((await train('--data', table('a.csv'), '--no-registry')).status).toBe(0);
    const { accuracy, rows, confusion, business, importance } = report();
    expect({ rows, confusion, accuracy: accuracy.value }).toEqual({
      ...{ rows: card().metrics.rows, confusion: card().metrics.confusion, accuracy: card().metrics.accuracy },
    });
    expect(business).toBeNull();
    expect(importance.map(({ feature }) => feature).sort()).toEqual(['color', 'day', 'paid', 'size']);
    expect(text('report/report.html')).toContain('Report of mine');

    const { columns, rows: values, labels } = kept();
    expect(columns).toEqual(['size', 'color', 'day', 'paid']);
    expect(values).toHaveLength(rows);
    const model = await openModel(readFileSync(join(out(), 'v1/model.onnx')), card());
    const answered = (await model?.infer(values))?.answered ?? [];
    await model?.close();
    const names = card().classes.map(({ name }) => name);
    const right = labels.filter((label, i) => names[answered[i] as number] === label).length;
    expect(right / rows).toBeCloseTo(accuracy.value, 12);
  });

  it('keeps at most so many test rows, or none', async () => {
    await train('--data', table('a.csv'), '--no-registry', '--test-rows', '5');
    expect(kept().rows).toHaveLength(5);
    await train('--data', table('a.csv'), '--no-registry', '--test-rows', '0');
    expect(existsSync(join(out(), 'v1', TEST_ROWS_FILE))).toBe(false);
    expect(report().rows).toBe(24);
  });

  it('counts costs, and refuses those of classes that are not there before it trains', async () => {
    await train('--data', table('a.csv'), '--no-registry', '--cost', 'churn:no=5,no:churn=1');
    expect(report().business?.costs).toEqual([
      [0, 5],
      [1, 0],
    ]);
    expect(readdirSync(join(out(), 'v1/report'))).toContain('business_metrics.json');
    const { status, stderr } = await train('--data', table('a.csv'), '--no-registry', '--cost', 'churn:maybe=5');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^--cost "churn:maybe=5" is not allowed: .*; the classes are churn, no\n$/);
  });

  it('publishes the report with the release, and keeps how it compares with the champion', async () => {
    const first = await train('--data', table('a.csv'), '--registry', place());
    expect(first.stderr).not.toContain('champion:');
    const second = await train('--data', table('a.csv'), '--registry', place(), '--leaves', 'votes');
    expect(second.stderr).toMatch(
      /^v1: release 2 of mine in .*; against release 1 on the same 24 rows: .* points of accuracy/m,
    );
    const release = await opened().release(2);
    expect(Object.keys(release.files)).toEqual(expect.arrayContaining([REPORT_FILE, TEST_ROWS_FILE]));
    const comparison = await opened().comparison(2, 1);
    expect(comparison).toMatchObject({ release: 2, against: 1, rows: 24, notes: [] });
    expect(text('report/report.html')).toContain('Against release 1');
  });

  it('says why the champion cannot answer its rows', async () => {
    await train('--data', table('a.csv'), '--registry', place());
    const { stderr, status } = await train('--data', table('b.csv', ['size', 'day']), '--registry', place());
    expect(status).toBe(0);
    expect(stderr).toContain('not compared with release 1, the champion: it needs the feature "color"');
    expect(await opened().comparison(2, 1)).toBeNull();
    const other = await train('--data', table('c.csv', ['paid', 'day', 'color', 'size']), '--registry', place());
    expect(other.stderr).toContain('against release 1 on the same 24 rows');
    expect((await opened().comparison(3, 1))?.notes).toEqual([
      'Release 1 was trained on another file, which may hold some of these rows.',
    ]);
  });

  it('loses no model to a champion that cannot be read', async () => {
    await train('--data', table('a.csv'), '--registry', place());
    rmSync(join(place(), 'mine/blobs'), { recursive: true });
    const { stderr, status } = await train('--data', table('a.csv'), '--registry', place());
    expect(stderr).toMatch(/^not compared with the champion: model.* of release 1 is missing/m);
    expect(status).toBe(0);
    expect((await opened().releases()).map(({ number }) => number)).toEqual([2, 1]);
  });
});

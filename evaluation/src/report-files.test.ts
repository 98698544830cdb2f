import { inflateSync } from 'node:zlib';
import { modelReport } from '@coppice/contract';
import { madeUpComparison, madeUpReport } from '@coppice/testkit/made-up-report';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { reportFiles } from './report-files.ts';

const text = (files: Map<string, Uint8Array>, name: string) => Buffer.from(files.get(name) ?? '').toString('utf8');
const table = (files: Map<string, Uint8Array>, name: string): string[][] => parse(text(files, name));
const nasty = ['<script>alert(1)</script>', 'a,"b"\nc', '</style> & \u0000 http://evil.example/x.js'];

describe('the files of a report', () => {
  it('are those that the issue names, and the JSON is the report itself', async () => {
    const report = madeUpReport();
    const files = await reportFiles(report, null);
    expect([...files.keys()].sort()).toEqual([
      ...['business_metrics.json', 'calibration.png', 'classification_report.json', 'confusion_matrix.png'],
      ...['feature_importance.csv', 'precision_recall_curve.png', 'report.html', 'report.json', 'roc_curve.png'],
      ...['slices.csv', 'thresholds.csv'],
    ]);
    expect(modelReport.parse(JSON.parse(text(files, 'report.json')))).toEqual(report);
  });

  it('leave out what the report has no figures for', async () => {
    const bare = {
      ...madeUpReport(),
      roc: [],
      precision_recall: [],
      calibration: null,
      log_loss: null,
      business: null,
    };
    const files = await reportFiles({ ...bare, thresholds: [], slices: [], importance: [] }, null);
    expect([...files.keys()].filter((name) => /png|business/.test(name))).toEqual(['confusion_matrix.png']);
    expect(table(files, 'slices.csv')).toHaveLength(1);
  });

  it("have CSVs that say the report's numbers, whatever the names", async () => {
    const report = madeUpReport(nasty, nasty);
    const files = await reportFiles(report, null);
    const [, ...features] = table(files, 'feature_importance.csv');
    expect(features.map(([feature, ...numbers]) => [feature, ...numbers.map(Number)])).toEqual(
      report.importance.map(({ feature, loss, interval }) => [feature, loss, ...interval]),
    );
    const [header, ...slices] = table(files, 'slices.csv');
    expect(header).toEqual(['feature', 'slice', 'rows', 'accuracy', 'low', 'high']);
    expect(slices.map(([, , , accuracy]) => Number(accuracy))).toEqual(report.slices.map(({ accuracy }) => accuracy));
    const [, ...thresholds] = table(files, 'thresholds.csv');
    const precisions = report.thresholds.flatMap(({ rows }) => rows.map(({ precision }) => precision));
    expect(thresholds.map(([, , precision]) => (precision === '' ? null : Number(precision)))).toEqual(precisions);
  });

  it('have pictures of the stated size that are not blank, with two classes and with thirty', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `a rather long name of class ${i}`);
    for (const classes of [['no', 'yes'], names, nasty]) {
      const files = await reportFiles(madeUpReport(classes), null);
      const pictures = [...files].filter(([name]) => name.endsWith('.png'));
      expect(pictures).toHaveLength(4);
      for (const [, bytes] of pictures) {
        const { width, height, colors } = readPng(bytes);
        expect(width).toBeGreaterThanOrEqual(600);
        expect(height).toBeGreaterThan(300);
        expect(colors).toBeGreaterThan(20);
      }
    }
  });

  it('draw text without the fonts of the system', async () => {
    const [plain, named] = await Promise.all(
      ['', 'setosa'].map((name) => reportFiles(madeUpReport([name, '', '']), null)),
    );
    expect(plain?.get('confusion_matrix.png')).not.toEqual(named?.get('confusion_matrix.png'));
  });

  it("have scikit-learn's classification report, where nothing divided by zero is 0", async () => {
    const report = madeUpReport();
    const found = JSON.parse(text(await reportFiles(report, null), 'classification_report.json'));
    expect(found.versicolor).toEqual({ precision: 0, recall: 0.9, 'f1-score': 0, support: 10 });
    expect(Object.keys(found)).toEqual([...report.classes, 'accuracy', 'macro avg', 'weighted avg']);
    expect(found.accuracy).toBe(report.accuracy.value);
    expect(found['macro avg'].recall).toBeCloseTo(0.9, 12);
    expect(found['weighted avg'].support).toBe(30);
  });

  it('say what each kind of answer costs', async () => {
    const found = JSON.parse(text(await reportFiles(madeUpReport(), null), 'business_metrics.json'));
    expect(found.cells).toEqual([
      { actual: 'versicolor', answered: 'virginica', cost: 5, rows: 1, total: 5 },
      { actual: 'virginica', answered: 'setosa', cost: -1.5, rows: 2, total: -3 },
    ]);
    expect(found.total).toBe(12.5);
  });
});

describe('the page of a report', () => {
  it('begins with one sentence that names the majority class and the release it was compared with', async () => {
    const page = text(await reportFiles(madeUpReport(), madeUpComparison), 'report.html');
    expect(/<p class="lead">(.*?)<\/p>/s.exec(page)?.[1]?.replaceAll('\u00a0', ' ')).toBe(
      'iris answers 90.0 % of 30 test rows right (95 % interval 81.0 % to 96.0 %); always answering “setosa” is right on 33.3 %; against release 4 on the same 30 rows: +6.7 points of accuracy (95 % interval −6.0 to +19.0, McNemar p = 0.625), the difference may be chance.',
    );
  });

  it('has no script, no address and no other file, whatever the names of classes and features', async () => {
    const report = { ...madeUpReport(nasty, nasty), model: nasty[0] as string, warnings: nasty };
    const page = text(await reportFiles(report, { ...madeUpComparison, notes: nasty }), 'report.html');
    const tags = page.match(/<[^>]*>/g) ?? [];
    const elements = new Set(tags.map((tag) => /^<[/!]?(\w+)/.exec(tag)?.[1]?.toLowerCase()));
    for (const element of ['script', 'link', 'img', 'iframe', 'object', 'base', 'a', 'use', 'image', 'form'])
      expect([...elements]).not.toContain(element);
    const attributes = tags.flatMap((tag) => [...tag.matchAll(/\s([\w-]+)="/g)].map(([, name]) => name));
    for (const attribute of ['src', 'href', 'style', 'action', 'srcset', 'onload', 'xlink:href'])
      expect(attributes).not.toContain(attribute);
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
    expect(style).not.toMatch(/url\(|@import|http/);
    expect(page.match(/<style>/g)).toHaveLength(1);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toContain('\u0000');
  });

  it('says in words what each picture shows', async () => {
    const page = text(await reportFiles(madeUpReport(), null), 'report.html');
    const pictures = page.match(/<svg [^>]*>/g) ?? [];
    expect(pictures).toHaveLength(5);
    for (const picture of pictures) expect(picture).toMatch(/role="img" aria-label="[^"]{30,}"/);
  });

  it('says that nothing is known without test rows', async () => {
    const page = text(await reportFiles({ ...madeUpReport(), rows: 0 }, null), 'report.html');
    expect(page).toContain('Nothing is known of iris: it has no test rows.');
  });
});

/** Size and number of different pixels of an RGBA picture with 8 bits. */
function readPng(bytes: Uint8Array): { width: number; height: number; colors: number } {
  const png = Buffer.from(bytes);
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  expect([...png.subarray(24, 26)]).toEqual([8, 6]);
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const rows = inflateSync(Buffer.concat(data));
  expect(rows.length).toBe(height * (1 + width * 4));
  const seen = new Set<number>();
  for (let at = 0; at + 5 <= rows.length && seen.size < 1000; at += 4) seen.add(rows.readInt32LE(at));
  return { width, height, colors: seen.size };
}

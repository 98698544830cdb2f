import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type FeatureValue, modelReport, TEST_ROWS_FILE, type TestRows } from '@coppice/contract';
import { Registry } from '@coppice/registry/registry';
import { CARD_FILE, MODEL_FILE } from '@coppice/registry/release';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import {
  MIXED_CLASSES,
  MIXED_FEATURES,
  type MixedFeature,
  mixedAnswer,
  writeMixedModel,
} from '@coppice/testkit/mixed-model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let dir: string;
let registry: Registry;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coppice-evaluate-'));
  registry = new Registry(new FolderStore(join(dir, 'registry')), { model: 'fruit' });
});
afterEach(() => rmSync(dir, { recursive: true }));

type Row = Record<MixedFeature, FeatureValue>;
const rows: Row[] = Array.from({ length: 40 }, (_, i) => ({
  length: (i * 3) % 10,
  colour: i % 8 === 7 ? null : (['red', 'green', 'blue'][i % 3] as string),
  ripe: i % 2 === 0,
  picked: i % 5 === 4 ? null : `2024-0${1 + (i % 9)}-11`,
}));
/** The right class, but for one row in ten. */
const labels = rows.map(({ length, colour }, i) => {
  const answer = mixedAnswer({ length: Number(length), colour });
  return MIXED_CLASSES[i % 10 === 0 ? (answer + 1) % 3 : answer] as string;
});

async function publish(options: Parameters<typeof writeMixedModel>[1] = {}, keepsRows = true): Promise<number> {
  const folder = join(dir, 'model');
  writeMixedModel(folder, options);
  const columns = [...(options.features ?? MIXED_FEATURES)];
  const kept: TestRows = { columns, rows: rows.map((row) => columns.map((name) => row[name])), labels };
  const files = new Map<string, Uint8Array>([
    ...[MODEL_FILE, CARD_FILE].map((name) => [name, readFileSync(join(folder, name))] as const),
    ...(keepsRows ? [[TEST_ROWS_FILE, gzipSync(JSON.stringify(kept))] as const] : []),
  ]);
  const release = await registry.publish({ files, lineage: { data: null, commit: null, parent: null }, who: 'test' });
  return release.number;
}

function evaluate(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const main = join(import.meta.dirname, '../evaluate.ts');
  const all = [main, ...args, '--registry', join(dir, 'registry'), '--model', 'fruit'];
  return new Promise((resolve) => {
    const options = { env: { ...process.env, INIT_CWD: dir } };
    const child = execFile(process.execPath, all, options, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
const champion = (number: number) => registry.setAlias('champion', number, { who: 'test', reason: '' });
const report = (folder: string) =>
  modelReport.parse(JSON.parse(readFileSync(join(dir, folder, 'report.json'), 'utf8')));

describe('npm run evaluate', () => {
  it('says what a release is worth, writes its files, and keeps how it compares with the champion', async () => {
    const [other, good] = [await publish({ shift: 1 }), await publish()];
    await champion(other);
    const before = await registry.release(good);
    const { status, stdout } = await evaluate(String(good), '--cost', 'small:large=5,red:red=-1');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^fruit answers 90\.0 % of 40 test rows right .*; against release 1 on the same 40 rows: \+\d/,
    );
    expect(stdout).toContain('it is better');
    expect(stdout).toMatch(/^Cost per row /m);
    expect(report('report-2')).toMatchObject({ rows: 40, accuracy: { value: 0.9 } });
    expect(readdirSync(join(dir, 'report-2'))).toEqual(
      expect.arrayContaining(['report.html', 'confusion_matrix.png', 'business_metrics.json']),
    );
    expect(await registry.comparison(good, other)).toMatchObject({
      release: 2,
      against: 1,
      rows: 40,
      only_release: 36,
    });
    expect(await registry.release(good)).toEqual(before);
  });

  it('compares releases whose columns differ by name, and says which one is missing', async () => {
    const [few, all] = [await publish({ features: ['colour', 'length'] }), await publish()];
    const found = await evaluate(String(all), '--against', String(few), '--out', 'here');
    expect(found.stdout).toContain('against release 1 on the same 40 rows: 0.0 points');
    const refused = await evaluate(String(few), '--against', String(all));
    expect(refused).toMatchObject({ status: 1 });
    expect(refused.stderr).toMatch(/^evaluate: release 2 cannot answer these rows: it needs the feature "ripe"/);
    await champion(all);
    const alone = await evaluate(String(few));
    expect(alone.stdout).toContain('Not compared with release 2, the champion: it needs the feature "ripe"');
    expect(alone.status).toBe(0);
  });

  it('evaluates a release that keeps no rows on those of a file', async () => {
    const number = await publish({}, false);
    const without = await evaluate(String(number));
    expect(without.stderr).toMatch(/^evaluate: release 1 keeps no test rows: --data FILE --target COLUMN/);
    expect(without.status).toBe(1);
    const cells = rows.map((row, i) => [...MIXED_FEATURES.map((name) => String(row[name] ?? '')), 'x', labels[i]]);
    mkdirSync(join(dir, 'data'));
    const header = [...MIXED_FEATURES, 'note', 'kind'];
    writeFileSync(join(dir, 'data/new.csv'), [header, ...cells].map((row) => row.join(',')).join('\n'));
    const found = await evaluate(String(number), '--data', 'data/new.csv', '--target', 'kind');
    expect(found.stderr).toBe('');
    expect(found.stdout).toMatch(/^fruit answers 90\.0 % of 40 test rows right/);
    expect(found.stdout).toContain('There is no champion to compare it with.');
    const wrong = await evaluate(String(number), '--data', 'data/new.csv', '--target', 'note');
    expect(wrong.stderr).toMatch(/^evaluate: data\/new\.csv: .*x/);
    expect(wrong.status).toBe(1);
  });

  it('refuses what is not there in one line', async () => {
    const number = await publish();
    expect((await evaluate('9')).stderr).toBe('evaluate: fruit has no release 9\n');
    const cost = await evaluate(String(number), '--cost', 'small:huge=1');
    expect(cost.stderr).toMatch(
      /^evaluate: --cost "small:huge=1" is not allowed: .* the classes are small, large, red\n$/,
    );
    expect((await evaluate('--nonsense')).status).toBe(2);
    writeFileSync(join(dir, 'file'), '');
    expect((await evaluate(String(number), '--out', 'file')).stderr).toMatch(/file cannot be written \(EEXIST\)\n$/);
  });
});

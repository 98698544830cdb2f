import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelCard } from '@coppice/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from './artifacts/sha256.ts';

// on a build server onnxruntime sends nothing anyway: the test below shows its behaviour on a user's machine
const { CI: _ci, ORT_DISABLE_TELEMETRY: _telemetry, ...env } = process.env;
const main = join(import.meta.dirname, 'main.ts');

let dir: string;
let out: string;
let home: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coppice-train-'));
  out = join(dir, 'artifacts');
  home = join(dir, 'home');
  mkdirSync(home);
});
afterEach(() => rmSync(dir, { recursive: true }));

type Result = { status: number; stdout: string; stderr: string };

function run(...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, '--out', out, ...args],
      { env: { ...env, HOME: home } },
      (_error, stdout, stderr) => resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const model = (version: string) => readFileSync(join(out, version, 'model.onnx'));
const card = (version: string) =>
  modelCard.parse(JSON.parse(readFileSync(join(out, version, 'model-card.json'), 'utf8')));
const rows = Array.from({ length: 12 }, (_, i) => `${i},${i % 3},${i % 2 ? 'a' : 'b'}`);
const file = (...lines: string[]) => {
  const path = join(dir, 'my.csv');
  writeFileSync(path, lines.join('\n'));
  return path;
};

describe('npm run train', () => {
  it('shows cells and names of files without letting them move the cursor', async () => {
    const evil = '\u001b[2J\u009b1A';
    const path = join(dir, `my${evil}.csv`);
    writeFileSync(path, `a,y\n${rows.map((_, i) => `${i},${i % 2}`).join('\n')}\n${evil},1`);
    const { status, stderr } = await run('--data', path, '--name', 'mine');
    expect(status).toBe(1);
    expect(stderr).toContain('my\\x1b[2J\\x9b1A.csv, line 14');
    expect(stderr.trimEnd()).not.toMatch(/\p{Cc}/u);
  });

  it('trains both versions on Iris, byte for byte the same again, and nothing when all is up to date', async () => {
    const first = await run();
    expect(first).toMatchObject({ status: 0, stdout: '' });
    expect(readdirSync(home)).toEqual([]);
    expect(first.stderr).toMatch(/^training 150 trees on 120 rows × 4 features\n/m);
    expect(first.stderr).toMatch(/^v1: accuracy 0\.967 \(95 % interval 0\.833 to 0\.994; always "setosa": 0\.333\)/m);
    const [one, two] = [card('v1'), card('v2')];
    expect(one).toMatchObject({ name: 'iris', version: 'v1', parameters: { trees: 50, depth: 5, seed: 42 } });
    expect(two).toMatchObject({ name: 'iris', version: 'v2', parameters: { trees: 100, depth: 7, seed: 42 } });
    for (const { version, artifact, metrics, data, classes, features, rows: sample } of [one, two]) {
      expect(artifact).toEqual({ file: 'model.onnx', sha256: sha256(model(version)), bytes: model(version).length });
      expect(metrics).toMatchObject({ rows: 30 });
      expect(metrics.accuracy).toBeGreaterThan(0.9);
      expect(data).toMatchObject({ file: 'iris.csv', rows: 150, trainRows: 120, testRows: 30, target: 'species' });
      expect(classes.map(({ share }) => share)).toEqual([1 / 3, 1 / 3, 1 / 3]);
      expect(features.map((feature) => feature.kind === 'number' && [feature.step, feature.unit])).toEqual(
        Array(4).fill([0.1, 'cm']),
      );
      features.forEach((feature, f) => {
        const values = sample.map((row) => row.features[f]).sort((a, b) => Number(a) - Number(b));
        expect(feature).toMatchObject({ kind: 'number', sample: values });
      });
    }

    // the forests that ml-random-forest grows from these rows: the bytes change only with a library or the recipe
    expect([one, two].map(({ artifact }) => artifact.sha256)).toEqual([
      '98920210c73669e2c29fb52ddb0ac7b7df32b46d24317e2f64983639eb51159a',
      'e21b8ee9ad20788629e1af5152792ea5ca7bfaf62099e4dd1580f5f04010f860',
    ]);

    const again = await run();
    expect(again.status).toBe(0);
    expect(again.stderr).toMatch(
      /^v1, v2 in .*: up to date with iris.csv, nothing to train \(--force trains anyway\)\n$/,
    );
    expect(card('v1')).toEqual(one);

    const models = [model('v1'), model('v2')];
    expect((await run('--force', '--workers', '1')).status).toBe(0);
    expect([model('v1'), model('v2')]).toEqual(models);
    expect(card('v1').createdAt > one.createdAt).toBe(true);
  });

  it('trains any CSV, with hostile names kept as text', async () => {
    const label = ['<script>alert(1)</script>', '"; DROP TABLE predictions; --'];
    const lines = rows.map(
      (row, i) => `${row.slice(0, row.lastIndexOf(','))},"${label[i % 2]?.replaceAll('"', '""')}"`,
    );
    const data = file('__proto__,"a ""b""\n(ms)",label', ...lines);
    const result = await run('--data', data, '--target', 'label', '--name', 'mine', '--forest', 'v3=3x2');
    expect(result).toMatchObject({ status: 0 });
    expect(readdirSync(out)).toEqual(['v3']);
    expect(card('v3')).toMatchObject({ name: 'mine', data: { file: 'my.csv', target: 'label', rows: 12 } });
    expect(card('v3').features.map(({ name, unit }) => [name, unit])).toEqual([
      ['__proto__', null],
      ['a "b"', 'ms'],
    ]);
    expect(card('v3').classes.map(({ name }) => name)).toEqual(label.sort());
  });

  it('leaves another model alone with --keep-others', async () => {
    const first = await run('--data', file('x,y,label', ...rows), '--name', 'mine', '--forest', 'v1=1x1');
    expect(first).toMatchObject({ status: 0, stderr: expect.stringContaining('v1: accuracy') });
    const result = await run('--keep-others');
    expect(result).toMatchObject({ status: 0 });
    expect(result.stderr).toMatch(/holds the model mine: left unchanged/);
    expect(readdirSync(out)).toEqual(['v1']);
  });

  it('prints its options', async () => {
    const { status, stdout } = await run('--help');
    expect({ status, first: stdout.split(', .gz')[0] }).toEqual({
      status: 0,
      first:
        'Train random forests on a CSV file and write each as artifacts/<version>/model.onnx with its model card.\n\n  npm run train [-- options]\n\n  --data FILE       CSV with a header line',
    });
    expect(existsSync(out)).toBe(false);
  });

  it.each<[string, string[] | undefined, RegExp]>([
    ['a missing file', undefined, /my\.csv: cannot be read, no such file$/],
    ['an unknown target', ['x,y,kind', ...rows], /my\.csv, line 1: no column "label"; there are "x", "y", "kind"$/],
    [
      'a word among numbers',
      ['x,y,label', ...rows, '1,bad,a'],
      /my\.csv, line 14, column 2 \("y"\): "bad" is not a number; correct it, or --type y=category takes .*$/,
    ],
    [
      'nothing but free text',
      ['x,label', ...rows.map((row, i) => `note ${i} here,${row.slice(-1)}`)],
      /my\.csv, line 1: no column is left to predict the target from; left out: "x" \(free text, .* --type x=category keeps it\)$/,
    ],
    [
      'two inputs of one name',
      ['probability,probability (feature),label', ...rows, ',1,a'],
      /my\.csv, line 1, column 2 \("probability \(feature\)"\): a model that has "probability" as well has two inputs of this name; give .*$/,
    ],
    [
      'amounts',
      ['x,label', ...rows.map((_, i) => `1,${i}.5`)],
      /my\.csv, line 1, column 2 .* are amounts and no classes/,
    ],
    ['a first line of numbers', rows.map((row) => row.replace(/[ab]/, '1')), /my\.csv, line 1: .*--no-header/],
    [
      'one class',
      ['x,y,label', ...rows.map((row) => row.replace('b', 'a'))],
      /my\.csv, line 13, column 3 \("label"\): every row has the class "a"/,
    ],
    ['a ragged row', ['x,y,label', ...rows, '1,a'], /my\.csv, line 14, column 3: the row has 2 of 3 cells; .*$/],
    ['few rows', ['x,y,label', ...rows.slice(3)], /my\.csv, line 10, column 1: the file has 9 rows of data/],
    [
      'few rows with a class',
      ['x,y,label', ...rows.map((row, i) => (i < 5 ? '1,1,' : row))],
      /my\.csv, line 13, column 1: only 7 rows of data; at least 10 are needed; 5 rows left out: no class, "label" is missing$/,
    ],
    ['a duplicate name', ['x,x,label', ...rows], /my\.csv, line 1, column 2: the name "x" is taken by column 1; .*$/],
    ['an empty name', ['x,,label', ...rows], /my\.csv, line 1, column 2: the column has no name; .*$/],
    ['an empty file', [], /my\.csv, line 1: the file is empty$/],
    [
      'a class of one row',
      ['x,y,label', ...rows, '1,1,c'],
      /my\.csv, line 14, column 3 \("label"\): the class "c" has this row only/,
    ],
  ])('refuses %s in one line and writes nothing', async (_, lines, message) => {
    const data = lines ? file(...lines) : join(dir, 'my.csv');
    const { status, stdout, stderr } = await run('--data', data, '--target', 'label');
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.split('\n')).toEqual([expect.stringMatching(message), '']);
    expect(existsSync(out)).toBe(false);
  });

  it('looks at a table and trains nothing with --describe', async () => {
    const data = file('id,x,y,label', ...rows.map((row, i) => `k${i},${row}`));
    const { status, stdout, stderr } = await run('--data', data, '--describe');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/my\.csv: 12 rows, 2 features; comma, UTF-8$/),
      '  column  kind    missing  distinct  values',
      '  x       number        –        12  0 to 11',
      '  y       number        –         3  0 to 2',
      '  label   target        –         2  a (6), b (6)',
      'left out: "id", an identifier, different in every row; --type id=number or category keeps it',
      'warning: classes with fewer than 10 rows: "a" 6, "b" 6; their figures are guesses (--drop-rare 10)',
      'trains as it is',
      '',
    ]);
    expect(existsSync(out)).toBe(false);
    const text = await run('--data', file('x,label', ...rows.map((_, i) => `a b ${i},${i % 2}`)), '--describe');
    expect(text).toMatchObject({ status: 0, stdout: expect.stringMatching(/^does not train: .* no column is left/m) });
  });

  const numbers = (i: number) =>
    Array.from({ length: 8 }, (_, f) => ((i * (7919 + f)) % (f % 2 ? 97 : 1009)) / (f % 2 ? 1 : 10));
  const mixed = (i: number) => [
    ...Array.from({ length: 5 }, (_, k) => `w${(i * (7919 + k)) % (97 + k * 20)}`),
    i % 13 ? (i % 1009) / 10 : '',
    i % 4 ? 'yes' : 'no',
    `2024-${`${1 + (i % 12)}`.padStart(2, '0')}-15`,
  ];
  it.each([
    ['numbers', numbers],
    ['words, gaps and dates, which make hundreds of numbers', mixed],
  ])(
    'takes at most 200 MB and 20 times a file of %s',
    async (_, row) => {
      const data = file(
        'a,b,c,d,e,f,g,h,label',
        ...Array.from({ length: 49_097 }, (_, i) => [...row(i), Math.floor(i / 7) % 3].join(',')),
      );
      // the figure comes from the process itself: it is the same everywhere
      const report =
        "data:text/javascript,process.on('exit',()=>process.stdout.write(String(process.resourceUsage().maxRSS)))";
      const { stdout, stderr } = await new Promise<Pick<Result, 'stdout' | 'stderr'>>((resolve) => {
        const args = ['--import', report, main, '--out', out, '--data', data, '--forest', 'v1=4x7', '--workers', '2'];
        execFile(process.execPath, args, { env: { ...env, HOME: home } }, (_, stdout, stderr) =>
          resolve({ stdout, stderr }),
        );
      });
      expect(stderr).toContain('v1: accuracy');
      // a worker thread reports, too, when it ends; all report the process
      const peak = Number(/\d+$/.exec(stdout)?.[0]) * 1024;
      console.log(`a training on ${statSync(data).size} bytes took ${Math.round(peak / 1e6)} MB`);
      expect(peak).toBeLessThan(200e6 + 20 * statSync(data).size);
    },
    120_000,
  );

  it('leaves earlier artifacts unchanged when the data is invalid or the trainer is killed', async () => {
    const shape = ['--forest', 'v1=2x2'];
    expect((await run('--data', file('x,y,label', ...rows), ...shape)).stderr).toContain('v1: accuracy');
    const before = [model('v1'), card('v1')];
    expect((await run('--data', file('x,y,label', ...rows, 'bad,1,a'), ...shape)).status).toBe(1);
    expect([model('v1'), card('v1')]).toEqual(before);

    const many = Array.from({ length: 3000 }, (_, i) => `${(i * 7919) % 1000},${(i * 104_729) % 997},${(i * 31) % 7}`);
    const child = spawn(
      process.execPath,
      [main, '--out', out, '--data', file('x,y,label', ...many), '--forest', 'v1=2000x20'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const ended = once(child, 'exit');
    await once(child.stderr, 'data');
    child.kill('SIGKILL');
    await ended;
    expect([model('v1'), card('v1')]).toEqual(before);
    expect(readdirSync(out)).toEqual(['v1']);
  });
});

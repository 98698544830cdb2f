import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPrepared } from './read-prepared.ts';
import { DataError } from './table/data-error.ts';

const folder = join(import.meta.dirname, '../../testkit/tables');
let dir: string;
let out: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coppice-prepare-'));
  out = join(dir, 'prepared');
});
afterEach(() => rmSync(dir, { recursive: true }));

const main = (...args: string[]) =>
  execFileSync(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], { stdio: 'pipe' });
const penguins = ['--data', join(folder, 'penguins.csv'), '--target', 'species', '--drop-rare', '3'];
const files = () => ['train.csv', 'test.csv', 'preparation.json'].map((name) => String(readFileSync(join(out, name))));
const read = (aboutTable: string[] = []) => readPrepared({ data: out, dataTitle: 'prepared', aboutTable });

describe('prepared rows', () => {
  it('are training rows, test rows and the preparation, and the same again', () => {
    main(...penguins, '--prepare', out);
    expect(readdirSync(out)).toEqual(['preparation.json', 'test.csv', 'train.csv']);
    const first = files();
    const [train, , preparation] = first as [string, string, string];
    const { steps, classes, data, parameters } = JSON.parse(preparation);
    expect({ classes, parameters }).toEqual({
      classes: ['Adelie', 'Chinstrap', 'Gentoo'],
      parameters: { dropRare: 3 },
    });
    expect(data.file).toBe('penguins.csv');
    expect(steps.map(({ kind, missing }: { kind: string; missing: boolean }) => [kind, missing])).toEqual([
      ['category', false],
      ...Array(4).fill(['number', true]),
      ['category', true],
    ]);
    const [header, ...lines] = train.trimEnd().split('\n');
    expect(header).toBe('island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,species');
    expect(lines).toHaveLength(34);
    expect(lines).toContain('Torgersen,,,,,,Adelie');
    main(...penguins, '--prepare', out);
    expect(files()).toEqual(first);
  });

  it.each([
    ['penguins.csv', ['--target', 'species', '--drop-rare', '3', '--seed', '7']],
    ['orders.csv', ['--type', 'comment=category']],
    ['weather.tsv', ['--drop', 'temp (min)']],
    ['aepfel.csv', []],
  ])('of %s train the model that the file itself trains, with the same card', (file, flags) => {
    const shape = ['--forest', 'v1=5x4', '--workers', '1'];
    const artifacts = (name: string, ...args: string[]) => {
      main('--out', join(dir, name), ...shape, ...args);
      const { createdAt: _, ...card } = JSON.parse(String(readFileSync(join(dir, name, 'v1/model-card.json'))));
      return { card, model: readFileSync(join(dir, name, 'v1/model.onnx')) };
    };
    const direct = artifacts('direct', '--data', join(folder, file), ...flags);
    main('--data', join(folder, file), ...flags, '--prepare', out);
    expect(artifacts('cached', '--data', out)).toEqual(direct);
  });

  it('that were changed since are another table, and what cannot be is refused in one line', () => {
    main(...penguins, '--prepare', out);
    const before = read();
    const [train, test, preparation] = files() as [string, string, string];
    writeFileSync(join(out, 'train.csv'), train.replace('Torgersen', 'Dream'));
    expect(read()).toMatchObject({ file: before.file, sha256: expect.not.stringContaining(before.sha256) });
    writeFileSync(join(out, 'train.csv'), `${train}Dream,1,2,3,4,male,Emperor\n`);
    expect(() => read()).toThrow('prepared/train.csv: "Emperor" is none of the classes of the preparation');
    writeFileSync(join(out, 'train.csv'), train.replaceAll(/^[^,]*,/gm, ''));
    expect(() => read()).toThrow(/^prepared\/train\.csv, line 1: no column "island"; there are "bill_length_mm", .*$/);
    writeFileSync(join(out, 'train.csv'), train);
    rmSync(join(out, 'test.csv'));
    expect(() => read()).toThrow(/^prepared\/test\.csv.*$/);
    writeFileSync(join(out, 'test.csv'), test);
    writeFileSync(join(out, 'preparation.json'), preparation.replace('"format": 2', '"format": 1'));
    expect(() => read()).toThrow(
      'prepared/preparation.json: "format" is not what --prepare writes; run --prepare again',
    );
    rmSync(join(out, 'preparation.json'));
    expect(() => read()).toThrow(
      new DataError('prepared/preparation.json: cannot be read (ENOENT); --prepare writes it'),
    );
  });

  it('have settled the options about the table', () => {
    expect(() => read(['--drop', '--seed'])).toThrow(
      'prepared: the rows are prepared, which settles --drop, --seed; give that to --prepare instead',
    );
    expect(() => read(['--prepare'])).toThrow(
      'prepared: the rows are prepared already; --prepare takes the table, as in --data my.csv --prepare prepared',
    );
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readCsv } from './csv/read-csv.ts';
import { toTrainingSet } from './table/to-training-set.ts';

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'coppice-prepare-'));
});
afterEach(() => rmSync(out, { recursive: true }));

const prepare = (...args: string[]) =>
  execFileSync(process.execPath, [join(import.meta.dirname, 'main.ts'), '--prepare', out, ...args], {
    stdio: 'pipe',
  });
const read = (name: string) => readFileSync(join(out, name));

it('--prepare writes training rows, test rows and the preparation, the same again, and the rows train as they are', () => {
  const data = [
    '--data',
    join(import.meta.dirname, '../../testkit/tables/penguins.csv'),
    '--target',
    'species',
    '--drop-rare',
    '3',
  ];
  prepare(...data);
  expect(readdirSync(out)).toEqual(['preparation.json', 'test.csv', 'train.csv']);
  const first = ['train.csv', 'test.csv', 'preparation.json'].map(read);
  const { steps, classes, data: from } = JSON.parse(String(first[2]));
  expect(classes).toEqual(['Adelie', 'Chinstrap', 'Gentoo']);
  expect(from).toMatchObject({ file: 'penguins.csv', target: 'species' });
  expect(steps.map(({ kind, missing }: { kind: string; missing: boolean }) => [kind, missing])).toEqual([
    ['category', false],
    ...Array(4).fill(['number', true]),
    ['category', true],
  ]);
  const set = toTrainingSet(readCsv(read('train.csv'), { file: 'train.csv', target: 'species', header: true }));
  expect(set.labels).toHaveLength(34);
  expect(set.features.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['island = Dream', 'bill_length_mm is missing']),
  );
  prepare(...data);
  expect(['train.csv', 'test.csv', 'preparation.json'].map(read)).toEqual(first);
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadData } from './load-data.ts';
import { readOptions } from './options.ts';
import { readPrepared } from './read-prepared.ts';
import { writePrepared } from './write-prepared.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coppice-test-file-'));
  writeFileSync(join(dir, 'train.csv'), 'size,ok,label\n1,true,a\n2,false,b\n3,true,a\n4,false,b\n');
});
afterEach(() => rmSync(dir, { recursive: true }));

const load = (test: string, ...more: string[]) => {
  writeFileSync(join(dir, 'test.csv'), test);
  return loadData(readOptions(['--data', 'train.csv', '--test', 'test.csv', ...more], {}, dir));
};

describe('npm run train with --test', () => {
  it('trains on all rows of the data, and tests on those of the file, whatever the order of columns and classes', () => {
    const { table, split, parameters } = load('label,ok,size\nb,true,7\na,,8\n');
    expect(split).toEqual({ train: [0, 1, 2, 3], test: [4, 5] });
    expect(table.target.classes).toEqual(['a', 'b']);
    expect([...table.target.labels]).toEqual([0, 1, 0, 1, 1, 0]);
    expect(table.columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['size number', 'ok boolean']);
    const [size] = table.columns;
    expect(size && 'values' in size && [...size.values]).toEqual([1, 2, 3, 4, 7, 8]);
    expect(parameters).toEqual({ test: 'test.csv' });
  });

  it('has another sha256 when the test rows are others', () => {
    expect(load('size,ok,label\n5,true,a\n').sha256).not.toBe(load('size,ok,label\n5,true,b\n').sha256);
  });

  it.each([
    ['size,label\n5,a\n', /test\.csv.*ok/],
    ['size,ok,label\n5,true,c\n', 'test.csv: "c" is none of the classes in --data, which needs a row of each'],
  ])('refuses test rows %j', (test, message) => {
    expect(() => load(test)).toThrow(message);
  });

  it('is settled by rows that are prepared', () => {
    const data = load('size,ok,label\n5,true,a\n');
    writePrepared(data, join(dir, 'prepared'));
    expect(readFileSync(join(dir, 'prepared/test.csv'), 'utf8')).toBe('size,ok,label\n5,true,a\n');
    expect(() => readPrepared(readOptions(['--data', 'prepared', '--test', 'test.csv'], {}, dir))).toThrow(
      'prepared: the rows are prepared, which settles --test; give that to --prepare instead',
    );
  });
});

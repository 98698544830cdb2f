import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Label, LabelsError, openLabels, readLabels } from './read-labels.ts';

const folder = mkdtempSync(join(tmpdir(), 'coppice-labels-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const order = { key: { by: 'reference', column: 'order' }, actual: 'churned', outcome: 'revenue' } as const;

async function read(text: string | Buffer, columns: Parameters<typeof readLabels>[1] = order): Promise<Label[]> {
  const file = join(folder, 'labels.csv');
  writeFileSync(file, text);
  return Array.fromAsync(readLabels(openLabels(file), columns));
}
const item = async (text: string) => (await read(`order,churned,revenue\n${text}\n`))[0];

describe('labels', () => {
  it('are read by the names of their columns, with the line of each', async () => {
    const text = '\ufeffrevenue, order ,other,churned\r\n\r\n12.5,"a,1","two\r\nlines",yes\r\n0,b,,no\r\n,c,,"1"';
    expect(await read(text)).toEqual([
      { line: 3, cells: ['a,1', 'yes', '12.5'], item: { reference: 'a,1', actual: 'yes', outcome: 12.5 } },
      { line: 5, cells: ['b', 'no', '0'], item: { reference: 'b', actual: 'no', outcome: 0 } },
      { line: 6, cells: ['c', '1', ''], item: { reference: 'c', actual: '1' } },
    ]);
  });

  it('may be numbers alone, by id', async () => {
    const id = '0198c5b2-7c00-7000-8000-000000000000';
    const columns = { key: { by: 'prediction_id', column: 'id' }, actual: null, outcome: 'x' } as const;
    expect(await read(`x,id\r-1e3,${id}\r1,5`, columns)).toEqual([
      { line: 2, cells: [id, '-1e3'], item: { prediction_id: id, outcome: -1000 } },
      { line: 3, cells: ['5', '1'], problem: 'id is not a UUID' },
    ]);
  });

  it('that are whole numbers with a point mean the class of that number', async () => {
    expect(await item('a,1.0,')).toMatchObject({ item: { actual: 1 } });
    expect(await item('a,1.5,')).toMatchObject({ item: { actual: '1.5' } });
  });

  it.each([
    [',yes,1', 'order is empty'],
    ['a', 'churned and revenue is empty'],
    ['a,yes,many', 'revenue is not a number'],
    ['a,yes,NaN', 'revenue is not a number'],
    ['a,yes,1e300', 'revenue is too large'],
    [`${'x'.repeat(129)},yes,1`, 'order is not a key of at most 128 characters'],
  ])('such as %j cannot be sent', async (text, problem) => {
    expect(await item(text)).toMatchObject({ line: 2, problem });
  });

  it.each([
    ['', 'the file is empty'],
    ['order,churned\na,b', 'there is no column revenue; the columns are order, churned'],
    ['order,order,churned,revenue\n', 'two columns have the name order'],
    ['order,churned,revenue\na,b,1\na,"b,1\n', 'line 3: a quote is never closed'],
    ['order,churned,revenue\na,b"c,"1"2\n', 'line 2: a quote inside a cell must be doubled'],
    [`order,churned,revenue\na,b,1\n"${'a,b,1\n'.repeat(300_000)}`, 'line 3: a quote is never closed'],
  ])('in a file that is %j are refused', async (text, problem) => {
    const error = await read(text).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(LabelsError);
    expect(error.message).toContain(problem);
  });

  it('of a file that is not there are refused', async () => {
    const labels = readLabels(openLabels(join(folder, 'none.csv')), order);
    await expect(labels.next()).rejects.toThrow('ENOENT');
  });
});

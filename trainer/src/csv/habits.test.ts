import { describe, expect, it } from 'vitest';
import { DataError } from '../table/data-error.ts';
import type { Table } from '../table/table.ts';
import { parseDate } from './parse-date.ts';
import { type Reading, readCsv } from './read-csv.ts';

const read = (text: string | Buffer, reading: Partial<Reading> = {}) =>
  readCsv(Buffer.from(text), { file: 'my.csv', ...reading });
/** Twelve rows of one's own making. */
const rows = (make: (i: number) => string) => Array.from({ length: 12 }, (_, i) => make(i)).join('\n');
const titles = (text: string | Buffer, reading?: Partial<Reading>) => {
  const { columns, target } = read(text, reading);
  return [...columns, target].map(({ title }) => title);
};

const firstValues = ({ columns: [column] }: Table) => (column && 'values' in column ? Array.from(column.values) : []);

describe('habits of other programs', () => {
  it('pandas: an index without a name, or one that was read back', () => {
    const body = rows((i) => `${i},${i / 2},${i % 2}`);
    expect(titles(`,x,y\n${body}`)).toEqual(['x', 'y']);
    expect(titles(`Unnamed: 0,x,y\n${body}`)).toEqual(['x', 'y']);
    expect(() => read(`,x,y\n${rows((i) => `${i * 2},1,${i % 2}`)}`)).toThrow('column 1: the column has no name');
  });

  it('R: row names in quotes, from 1', () => {
    expect(titles(`"","x","y"\n${rows((i) => `"${i + 1}",${i},"${i % 2 ? 'a' : 'b'}"`)}`)).toEqual(['x', 'y']);
  });

  it('NumPy: the header is a comment', () => {
    expect(titles(`# made by us\n# x,z,y\n${rows((i) => `1.50e+00,${i},${i % 2}`)}`)).toEqual(['x', 'z', 'y']);
  });

  it('a first column that is called #', () => {
    expect(titles(`#,x,y\n${rows((i) => `${i % 5},${i},${i % 2}`)}`)).toEqual(['#', 'x', 'y']);
  });

  it('Excel: UTF-16 with tabs, and semicolons with decimal commas in German', () => {
    const text = `\uFEFFGröße\tArt\n${rows((i) => `${i}\t${i % 2 ? 'ä' : 'ö'}`)}`;
    expect(read(Buffer.from(text, 'utf16le'))).toMatchObject({
      format: 'tab, UTF-16',
      target: { classes: ['ä', 'ö'] },
    });
    const table = read(`a;b;y\n${rows((i) => `+0,${i}0;1e${i % 3};${i % 2}`)}`);
    expect(table.columns).toMatchObject([{ kind: 'number' }, { kind: 'number' }]);
    expect(firstValues(table).slice(0, 3)).toEqual([0, 0.1, 0.2]);
  });

  it('a point among decimal commas may be one of thousands: it is refused', () => {
    const text = `a;y\n${rows((i) => `${i === 7 ? '1.234' : `${i},5`};${i % 2}`)}`;
    expect(() => read(text)).toThrow(
      'my.csv, line 9, column 1 ("a"): "1.234" has a decimal point where other cells have a decimal comma; correct it, or',
    );
  });

  it.each([
    [',', (i: number) => `"${i + 1},${200 + i}.50"`, '1,200.50'],
    [';', (i: number) => `${i + 1}.${200 + i},5`, '1.200,5'],
    [',', (i: number) => `${i}.${i}%`, '0.0%'],
    [',', (i: number) => `$${i}.${10 + i}`, '$0.10'],
    [';', (i: number) => `${i},10 €`, '0,10 €'],
  ])('amounts with separators or signs (%s) are left out as such', (delimiter, amount, example) => {
    const table = read(`a${delimiter}b${delimiter}y\n${rows((i) => [amount(i), i, i % 2].join(delimiter))}`);
    expect(table.leftOut).toEqual([
      {
        title: 'a',
        reason: `numbers with separators or signs, such as "${example}"; write digits and a decimal mark only, or --type a=category takes them as words`,
      },
    ]);
  });

  it('names that are numbers are taken with --header', () => {
    const text = `2019,2020,2021\n${rows((i) => `${i},1,${i % 2}`)}`;
    expect(() => read(text)).toThrow(
      new DataError(
        'my.csv, line 1: every cell is a number, so this is a row and not names; --no-header names the columns column_1, column_2, …; --header takes the line as names',
      ),
    );
    expect(titles(text, { header: true })).toEqual(['2019', '2020', '2021']);
    expect(titles(text, { header: false })).toEqual(['column_1', 'column_2', 'column_3']);
  });

  it('None is a class, and a missing value elsewhere', () => {
    const table = read(`x,y\n${rows((i) => `${i ? i : 'None'},${i % 2 ? 'None' : 'Apnea'}`)}`);
    expect(table.target.classes).toEqual(['Apnea', 'None']);
    expect(firstValues(table)[0]).toBeNaN();
  });

  it('hours with AM and PM: 12 AM is midnight', () => {
    const clock = ['12:00 AM', '6:00 AM', '12:00:00 PM', '6:00PM', '11:59:60 PM', '13:00 PM', '0:00 AM', '18:00 AMZ'];
    const days = clock.map((time) => parseDate(`1/1/1970 ${time}`, 'month first'));
    expect(days).toEqual([0, 0.25, 0.5, 0.75, undefined, undefined, undefined, undefined]);
  });

  it.each([
    [rows((i) => `${i + 1}/3/2024`), 'month first', [undefined, '"d": dates are read month first']],
    [rows((i) => `${i + 10}/3/2024`), 'day first', [undefined]],
    [rows((i) => `${i + 10}.3.2024 12:00`), 'day first', [undefined]],
    [
      rows((i) => `3/${i + 13}/2024 ${i + 1}:05 ${i % 2 ? 'AM' : 'pm'}`.replace(/ (1[3-9]|2\d):/, ' 12:')),
      'month first',
      [undefined],
    ],
  ])('dates %j are read %s', (dates, _, [, notice]) => {
    const table = read(
      `d,y\n${dates
        .split('\n')
        .map((date, i) => `${date},${i % 2}`)
        .join('\n')}`,
    );
    expect(table.columns[0]?.kind).toBe('date');
    expect(table.notices).toEqual(notice ? [notice] : []);
  });

  it('days and hours are counted from 1970, in UTC', () => {
    const table = read(`d,y\n${rows((i) => `1970-01-0${1 + (i % 2)}T06:00:00+06:00,${i % 3}`)}`);
    expect(firstValues(table).slice(0, 2)).toEqual([0, 1]);
  });

  it('words of few values beside numbers make a category; one on its own is a mistake', () => {
    const coded = `n,y\n${Array.from({ length: 100 }, (_, i) => `${i % 15 ? i % 3 : '3+'},${i % 2}`).join('\n')}`;
    expect(read(coded).columns[0]?.kind).toBe('category');
    expect(() => read(coded.replaceAll('3+', '3').replace('\n3,', '\noops,'))).toThrow(
      'line 2, column 1 ("n"): "oops" is not a number',
    );
  });

  it('a column is taken as one says, and an unknown one is refused', () => {
    const text = `zip,id,y\n${rows((i) => `${10 + (i % 3)},${i},${i % 2}`)}`;
    expect(read(text).leftOut).toMatchObject([{ title: 'id' }]);
    const types = [
      { column: 'zip', kind: 'category' },
      { column: 'id', kind: 'number' },
    ] as const;
    expect(read(text, { types }).columns).toMatchObject([
      { kind: 'category', words: ['10', '11', '12'] },
      { kind: 'number' },
    ]);
    expect(() => read(text, { types: [{ column: 'nope', kind: 'id' }] })).toThrow(
      'no column "nope"; there are "zip", "id", "y"',
    );
    expect(() => read(text, { drop: ['y'] })).toThrow('--drop names the target "y"');
    expect(read(text, { only: ['y'] }).columns).toEqual([]);
    expect(() => read(text, { types: [{ column: 'zip', kind: 'date' }] })).toThrow(
      '"10" is not a date such as 2024-03-31',
    );
    expect(() => read(text, { types: [{ column: 'zip', kind: 'boolean' }] })).toThrow('"10" is not a boolean');
  });
});

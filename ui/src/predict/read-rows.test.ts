import type { FeatureCard, ModelCard } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { readRows } from './read-rows.ts';

const common = { unit: null, nullable: false, missing: 0 };
const number = (name: string, more: object = {}) => ({ ...common, kind: 'number', name, ...more }) as FeatureCard;
const iris = {
  features: [
    number('sepal_length', { unit: 'cm', header: 'sepal_length (cm)' }),
    number('petal_width', { unit: 'cm' }),
  ],
  classes: [{ name: 'setosa' }, { name: 'virginica' }],
} as unknown as ModelCard;
const mixed = {
  features: [
    number('age', { nullable: true }),
    { ...common, kind: 'category', name: 'town', values: [{ value: 'York', share: 1 }], other: 0 },
    { ...common, kind: 'boolean', name: 'ripe', share: 0.5, nullable: true },
    { ...common, kind: 'date', name: 'picked', nullable: true },
  ],
  classes: [],
} as unknown as ModelCard;
const rowsOf = (text: string, card = iris) => readRows(text, card).rows;

describe('rows as people paste them', () => {
  it.each([
    ['values by name', '{"petal_width": 0.2, "sepal_length": 5.1}'],
    ['values in feature order', '[5.1, 0.2]'],
    ['the body of a request', '{"features": {"sepal length": 5.1, "petal_width": 0.2}}'],
    ['a line of CSV', '5.1,0.2'],
    ['a line of the training file', '5.1,0.2,setosa'],
    ['CSV with a header in another order', 'petal_width,sepal_length (cm)\n0.2,5.1\n'],
    ['cells of a spreadsheet', 'Sepal length\tpetal width\n5.1\t0.2'],
    ['decimal commas', '5,1;0,2'],
    ['quotes, spaces and a byte order mark', '\uFEFF "5.1" , "0.2" \r\n'],
  ])('may be %s', (_, text) => {
    expect(rowsOf(text)).toEqual([[5.1, 0.2]]);
  });

  it('may be many, of which each knows its line', () => {
    const two = [
      [1, 2],
      [3, 4],
    ];
    expect(rowsOf('[[1,2],[3,4]]')).toEqual(two);
    expect(rowsOf('{"instances":[[1,2],{"sepal_length":3,"petal_width":4}]}')).toEqual(two);
    expect(rowsOf('{"sepal_length":1,"petal_width":2}\n{"sepal_length":3,"petal_width":4}\n')).toEqual(two);
    const read = readRows('sepal_length,species,petal_width\n1,a,2\n\n3,b,4\n', iris);
    expect(read).toEqual({ rows: two, lines: [2, 4], ignored: ['species'] });
  });

  it('may have values of all kinds, and gaps where the model allows them', () => {
    const row = [null, 'York, "old"', true, '2024-03-31'];
    expect(rowsOf('NA,"York, ""old""",yes,2024-03-31', mixed)).toEqual([row]);
    expect(rowsOf(JSON.stringify({ town: row[1], ripe: 'true', picked: '2024-03-31' }), mixed)).toEqual([row]);
    expect(rowsOf('town\nYork', mixed)).toEqual([[null, 'York', null, null]]);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['', 'There is nothing to read.'],
    ['sepal_length,petal_width', 'There is a header, but no row.'],
    ['sepal_length,petal_width\n1,2\n3,abc', 'Line 3, column petal_width: “abc” is no number.'],
    ['1,2\n3,', 'Line 2, column petal_width: a value is missing, and the model requires one.'],
    ['1,2,3', 'Line 1 has 3 values; the model has 2 features.'],
    ['sepal_length,petal_width\n1', 'Line 2 has 1 value; the header has 2 columns.'],
    ['sepal_length,other\n1,2', 'Line 1: the header lacks the column petal_width.'],
    ['[1]', 'The row has 1 value; the model has 2 features.'],
    ['[[1,2],["x",2]]', 'Row 2, sepal_length: “x” is no number.'],
    ['[[1,2],7]', 'Row 2 is neither a list nor an object.'],
    ['{"sepal_length": 1}', 'The row lacks petal_width.'],
    ['{"sepal_length": 1', 'Line 1 is no JSON.'],
  ])('%j says where, and why', (text, message) => {
    expect(() => readRows(text, iris)).toThrow(message);
  });

  it('names what a kind of feature wants', () => {
    expect(() => rowsOf('1,York,maybe,2024-03-31', mixed)).toThrow('column ripe: “maybe” is neither yes nor no');
    expect(() => rowsOf('1,York,yes,31.3.24', mixed)).toThrow('column picked: “31.3.24” is no date such as 2024-03-31');
  });
});

import { modelCard } from '@coppice/contract';
import { expect, it } from 'vitest';
import { readCsv } from '../csv/read-csv.ts';
import { describeData } from './describe-data.ts';

const lines = [
  '1,yes,red,2024-03-01,a',
  '2,no,red,2024-03-03 12:00,a',
  '4,yes,blue,2024-03-10,a',
  '8,yes,,2024-03-11,a',
  ',,green,,b',
  ',no,green,,b',
];
const table = readCsv(Buffer.from(`size (cm),ripe,colour,picked,y\n${lines.join('\n')}\n`), {
  file: 'my.csv',
  types: [
    { column: 'colour', kind: 'category' },
    { column: 'picked', kind: 'date' },
  ],
});
const all = [...table.lines.keys()];

it('describes columns by their kinds, all figures being of the training rows with a value', () => {
  const { features } = describeData(table, all, 1);
  expect(modelCard.shape.features.parse(features)).toEqual(features);
  expect(features).toMatchObject([
    { kind: 'number', name: 'size', header: 'size (cm)', unit: 'cm', nullable: true, missing: 2 / 6, min: 1, max: 8 },
    { kind: 'boolean', name: 'ripe', nullable: true, missing: 1 / 6, share: 3 / 5 },
    {
      kind: 'category',
      nullable: true,
      values: [
        { value: 'green', share: 2 / 5 },
        { value: 'red', share: 2 / 5 },
        { value: 'blue', share: 1 / 5 },
      ],
      other: 0,
    },
    {
      kind: 'date',
      nullable: true,
      missing: 2 / 6,
      min: 19_783,
      max: 19_793,
      sample: [19_783, 19_785.5, 19_792, 19_793],
    },
  ]);
  expect(features[1]).not.toHaveProperty('header');
});

it('gives each class a row that it could have: lower medians, most frequent values, null where it has none', () => {
  const { classes } = describeData(table, all, 1);
  expect(classes).toEqual([
    { name: 'a', share: 4 / 6, typical: [2, true, 'red', '2024-03-03T12:00:00.000Z'] },
    { name: 'b', share: 2 / 6, typical: [null, false, 'green', null] },
  ]);
});

it('keeps whole rows as clients send them', () => {
  const { rows } = describeData(table, all, 1);
  expect(rows).toHaveLength(6);
  expect(rows).toContainEqual({ features: [8, true, null, '2024-03-11'], class: 0 });
  expect(rows).toContainEqual({ features: [null, null, 'green', null], class: 1 });
});

it('keeps the 100 most frequent words of a category, and the share of the others', () => {
  const many = Array.from({ length: 240 }, (_, i) => `w${i < 200 ? i % 100 : 100 + (i % 20)},${i % 2}`);
  const [feature] = describeData(
    readCsv(Buffer.from(`word,y\n${many.join('\n')}\n`), { file: 'my.csv' }),
    [...many.keys()],
    1,
  ).features;
  expect(feature).toMatchObject({ kind: 'category', other: 40 / 240 });
  expect(feature).toHaveProperty('values.length', 100);
});

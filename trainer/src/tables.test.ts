import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCsv } from './csv/read-csv.ts';
import { readDataFile } from './csv/read-data-file.ts';
import { describeTable } from './look/describe-table.ts';
import { findWarnings } from './look/find-warnings.ts';
import { readOptions } from './options.ts';
import { testShare } from './recipe.ts';
import { selectRows } from './sampling/select-rows.ts';
import { stratifiedSplit } from './sampling/split.ts';
import type { Table } from './table/table.ts';
import { toTrainingSet } from './table/to-training-set.ts';
import type { TrainingSet } from './table/training-set.ts';

/** Small files in the manner of well-known ones. */
const folder = join(import.meta.dirname, '../../testkit/tables');

type Case = {
  file: string;
  target?: string;
  /** Kinds of the features, in order; none: the file cannot be read. */
  kinds?: string;
  says?: (string | RegExp)[];
  /** Why it does not train as it is. */
  refused?: string | RegExp;
  /** Options that the refusal names, and the features that then train. */
  remedy?: string[];
  features?: number;
};

const cases: Case[] = [
  {
    file: 'aepfel.csv',
    kinds: 'number number number',
    says: [
      /semicolon, UTF-8$/,
      /Höhe \(cm\) +number .* 10\.05 to 22\.83$/,
      'note: skipped the empty cells at the end of 30 lines',
    ],
  },
  {
    file: 'pandas.csv',
    kinds: 'number number',
    says: ['left out: "column 1", a row number without a name of its own'],
  },
  { file: 'probe.tsv.gz', kinds: 'number number', says: [/^probe\.tsv\.gz: 24 rows, 2 features; tab, UTF-8$/] },
  {
    file: 'pumps.csv',
    kinds: 'number number number number',
    says: [
      /; \|, UTF-8$/,
      'note: skipped 3 lines of comment (#)',
      'warning: "unit" is constant: --drop unit leaves it out',
      'warning: "outcome_code" alone gives the class of 100 % of the rows: if it is known only after the outcome, --drop outcome_code leaves it out',
    ],
  },
  {
    file: 'penguins.csv',
    target: 'species',
    kinds: 'category number number number number category',
    says: [
      /^ {2}sex +category +4 +2 {2}male \(23\), female \(18\)$/,
      'warning: classes with fewer than 10 rows: "adelie" 2; their figures are guesses (--drop-rare 10)',
      'warning: the target "species": "Adelie" and "adelie" differ in case only, and count as different',
    ],
    refused:
      /line 1, column 2 \("island"\): forests learn from numbers alone so far, .* --drop island --drop sex --drop-missing trains without them$/,
    remedy: ['--drop', 'island', '--drop', 'sex', '--drop-missing'],
    features: 4,
  },
  {
    file: 'titanic.csv',
    target: 'Survived',
    kinds: 'number text category number number number text number category category',
    says: [
      'left out: "PassengerId", an identifier, different in every row; --type PassengerId=number or category keeps it',
      'warning: "Name" is free text, 40 different values in 40 rows: --drop Name leaves it out',
    ],
    refused: /--drop Name --drop Sex --drop Ticket --drop Cabin --drop Embarked --drop-missing trains without them$/,
    remedy: ['--drop', 'Name,Sex,Ticket,Cabin,Embarked', '--drop-missing'],
    features: 5,
  },
  {
    file: 'telco.csv',
    kinds: 'category number boolean number category number number',
    says: [/^left out: "customerID", an identifier/, /^ {2}TotalCharges +number +2 +38 {2}/],
    refused: /"gender" \(category\), "Partner" \(boolean\), "Contract" \(category\)/,
    remedy: ['--only', 'SeniorCitizen,tenure,MonthlyCharges'],
    features: 3,
  },
  {
    file: 'credit.csv',
    kinds: 'number number number category category boolean',
    says: [
      'note: the classes "1.0" and "1" are one number: both are "1"',
      'warning: "foreign" is constant: --drop foreign leaves it out',
    ],
    refused: /--drop housing --drop dependents --drop foreign trains without them$/,
    remedy: ['--drop', 'housing', '--drop', 'dependents', '--drop', 'foreign'],
    features: 3,
  },
  {
    file: 'weather.tsv',
    kinds: 'date number number number category',
    says: [/^ {2}temp \(max\) +number/, /^ {2}date +date +– +36 {2}2024-01-15 to 2024-02-19$/],
    refused: /"date" \(date\), "wind" \(category\); --drop date --drop wind trains without them$/,
    remedy: ['--drop', 'date', '--drop', 'wind'],
    features: 3,
  },
  {
    file: 'namen.csv',
    kinds: 'text number number',
    says: ['note: the text is not UTF-8; it is read as Latin-1', /Köln \(9\), Malmö \(9\), Zürich \(9\)$/],
    refused: /"Name" \(text\); --drop Name trains without them$/,
    remedy: ['--drop', 'Name'],
    features: 2,
  },
  {
    file: 'iris.data.csv',
    refused:
      /^iris\.data\.csv, line 1: every cell is a value of its column, so this is a row and not names; --no-header /,
    remedy: ['--no-header'],
    features: 3,
  },
  {
    file: 'digits.csv',
    refused: /^digits\.csv, line 1: every cell is a number, so this is a row and not names; --no-header /,
    remedy: ['--no-header'],
    features: 2,
  },
  {
    file: 'prices.csv',
    refused:
      /column 4 \("price"\): the target has 20 different numbers in 40 rows, which are amounts and no classes; .*--type price=category/,
    remedy: ['--type', 'price=category'],
    features: 3,
  },
  {
    file: 'twice.csv',
    refused: 'twice.csv, line 1, column 3: the name "a" is taken by column 1; give one of them another name',
  },
  {
    file: 'ragged.csv',
    refused: 'ragged.csv, line 10, column 3: the row has 2 of 3 cells; complete the row, or delete it',
  },
];

function load({ file, target }: Case, ...flags: string[]): Table {
  const options = readOptions(['--data', file, ...(target ? ['--target', target] : []), ...flags], {}, folder);
  return selectRows(readCsv(readDataFile(options.data, file), { ...options, file }), options.selection);
}

function look(table: Table): string[] {
  return describeTable(table, findWarnings(table, stratifiedSplit(table.target.labels, { testShare, seed: 42 })));
}

function check({ features, classes, values, labels }: TrainingSet): void {
  expect(values).toHaveLength(features.length * labels.length);
  expect(values.every((value) => Number.isFinite(value))).toBe(true);
  expect(labels.every((label) => label >= 0 && label < classes.length)).toBe(true);
}

describe('a table', () => {
  it.each(cases.filter(({ refused }) => !refused))('trains as it is: $file', (one) => {
    check(toTrainingSet(load(one)));
  });

  it.each(cases.filter(({ refused }) => refused))('is refused in one line: $file', (one) => {
    const train = () => toTrainingSet(load(one));
    expect(train).toThrow(one.refused);
    expect(train).toThrow(/^[^\n\r]+$/);
  });

  it.each(cases.filter(({ remedy }) => remedy))('trains with the options that the refusal names: $file', (one) => {
    const set = toTrainingSet(load(one, ...(one.remedy ?? [])));
    check(set);
    expect(set.features).toHaveLength(one.features as number);
  });

  it.each(cases.filter(({ kinds }) => kinds))('is described as it is understood: $file', (one) => {
    const table = load(one);
    expect(table.columns.map(({ kind }) => kind).join(' ')).toBe(one.kinds);
    const lines = look(table);
    for (const line of one.says ?? [])
      expect(lines).toContainEqual(typeof line === 'string' ? line : expect.stringMatching(line));
  });
});

it('the whole header stays the name where names differ in their units alone', () => {
  const table = load({ file: 'weather.tsv' }, '--drop', 'date,wind', '--drop', 'temp (min)');
  expect(toTrainingSet(table).features).toEqual([
    { name: 'temp (max)', unit: null },
    { name: 'rain', unit: 'mm' },
  ]);
});

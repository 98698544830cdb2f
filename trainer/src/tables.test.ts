import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelCard, modelCard } from '@coppice/contract';
import { parsePredictBody, rowSchema, specOf } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import type { Artifact } from './artifacts/publish.ts';
import { defaultLeaves } from './default-leaves.ts';
import { type Data, loadData } from './load-data.ts';
import { describeTable } from './look/describe-table.ts';
import { findWarnings } from './look/find-warnings.ts';
import { readOptions } from './options.ts';
import { outputsOf } from './prepare/preparation.ts';
import { DataError } from './table/data-error.ts';
import { refuseUntrainable } from './table/refuse-untrainable.ts';
import { train } from './train.ts';

/** Small files in the manner of well-known ones. */
const folder = join(import.meta.dirname, '../../testkit/tables');

type Case = {
  file: string;
  target?: string;
  /** Kinds of the features, in order; none: the file cannot be read. */
  kinds?: string;
  /** How many numbers they make, where not one each. */
  numbers?: number;
  /** The features with gaps. */
  nullable?: string;
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
    numbers: 14,
    nullable: 'bill_length_mm bill_depth_mm flipper_length_mm body_mass_g sex',
    says: [
      /^ {2}sex +category +4 +2 {2}male \(23\), female \(18\)$/,
      'warning: classes with fewer than 10 rows: "adelie" 2; their figures are guesses (--drop-rare 10)',
      'warning: the target "species": "Adelie" and "adelie" differ in case only, and count as different',
    ],
  },
  {
    file: 'titanic.csv',
    target: 'Survived',
    kinds: 'number category number number number number category category',
    numbers: 18,
    nullable: 'Age Cabin Embarked',
    says: [
      'left out: "PassengerId", an identifier, different in every row; --type PassengerId=number or category keeps it',
      'left out: "Name", free text, 40 different values in 40 rows; --type Name=category keeps it',
      'left out: "Ticket", free text, 34 different values in 40 rows; --type Ticket=category keeps it',
    ],
  },
  {
    file: 'telco.csv',
    kinds: 'category number boolean number category number number',
    numbers: 11,
    nullable: 'TotalCharges',
    says: [/^left out: "customerID", an identifier/, /^ {2}TotalCharges +number +2 +38 {2}/],
  },
  {
    file: 'credit.csv',
    kinds: 'number number number category category boolean',
    numbers: 11,
    says: [
      'note: the classes "1.0" and "1" are one number: both are "1"',
      'warning: "foreign" is constant: --drop foreign leaves it out',
    ],
  },
  {
    file: 'weather.tsv',
    kinds: 'date number number number category',
    numbers: 14,
    says: [/^ {2}temp \(max\) +number/, /^ {2}date +date +– +36 {2}2024-01-15 to 2024-02-19$/],
  },
  {
    file: 'namen.csv',
    kinds: 'number number',
    says: [
      'left out: "Name", free text, 27 different values in 27 rows; --type Name=category keeps it',
      'note: the text is not UTF-8; it is read as Latin-1',
      /Köln \(9\), Malmö \(9\), Zürich \(9\)$/,
    ],
  },
  {
    file: 'orders.csv',
    kinds: 'category number date boolean category number',
    numbers: 15,
    nullable: 'placed express country',
    says: [
      'left out: "order_id", an identifier, different in every row; --type order_id=number or category keeps it',
      'left out: "comment", free text, 44 different values in 44 rows; --type comment=category keeps it',
      'left out: "fax", no row has a value',
      'note: 3 rows left out: no class, "returned" is missing',
    ],
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

function optionsOf({ file, target }: Case, ...flags: string[]) {
  const args = ['--data', file, ...(target ? ['--target', target] : []), '--forest', 'v1=5x4', ...flags];
  return { ...readOptions(args, {}, folder), workers: 1 };
}

/** From the file to the model, as `npm run train` does, without writing it. */
async function trainOn(one: Case, ...flags: string[]): Promise<ModelCard> {
  const options = optionsOf(one, ...flags);
  const data = loadData(options);
  refuseUntrainable(data.table);
  const source = { name: 'm', version: 'v1', parameters: {}, libraries: {} };
  const [artifact] = await train({
    options,
    data,
    leaves: options.leaves ?? defaultLeaves(data.preparation, data.table.target.classes.length),
    sources: [{ ...source, data: { sha256: data.sha256, target: data.table.target.name } }],
    gitCommit: null,
    log: { write: () => true },
  });
  return modelCard.parse((artifact as Artifact).card);
}

function look({ table, split }: Data): string[] {
  return describeTable(table, findWarnings(table, split));
}

it('the folder has no other table', () => {
  expect(cases.map(({ file }) => file).sort()).toEqual(readdirSync(folder).sort());
});

describe('a table', () => {
  it.each(cases.filter(({ refused }) => !refused))('trains as it is: $file', async (one) => {
    const card = await trainOn(one);
    expect(card.features.map(({ kind }) => kind).join(' ')).toBe(one.kinds);
    const nullable = card.features.filter((feature) => feature.nullable).map(({ name }) => name);
    expect(nullable.join(' ')).toBe(one.nullable ?? '');
    const { preparation, table } = loadData(optionsOf(one));
    expect(preparation.steps.flatMap(outputsOf)).toHaveLength(one.numbers ?? card.features.length);
    const schema = rowSchema(card.features.map(specOf));
    // what a card shows can be sent
    const shown = [...card.rows.map(({ features }) => features), ...card.classes.map(({ typical }) => typical)];
    for (const row of shown) {
      const sent = parsePredictBody({ features: row }, schema);
      expect(sent.features).toEqual(row);
    }
    expect(card.data.rows).toBe(table.lines.length);
  });

  it.each(cases.filter(({ refused }) => refused))('is refused in one line: $file', async (one) => {
    const refusal = await trainOn(one).catch((error) => error);
    expect(refusal).toBeInstanceOf(DataError);
    expect(() => {
      throw refusal;
    }).toThrow(one.refused);
    expect(refusal.message).toMatch(/^[^\n\r]+$/);
  });

  it.each(cases.filter(({ remedy }) => remedy))(
    'trains with the options that the refusal names: $file',
    async (one) => {
      expect((await trainOn(one, ...(one.remedy ?? []))).features).toHaveLength(one.features as number);
    },
  );

  it.each(cases.filter(({ kinds }) => kinds))('is described as it is understood: $file', (one) => {
    const data = loadData(optionsOf(one));
    expect(data.table.columns.map(({ kind }) => kind).join(' ')).toBe(one.kinds);
    const lines = look(data);
    for (const line of one.says ?? [])
      expect(lines).toContainEqual(typeof line === 'string' ? line : expect.stringMatching(line));
  });
});

it('the whole header stays the name where names differ in their units alone', async () => {
  const { features } = await trainOn({ file: 'weather.tsv' }, '--drop', 'date,wind', '--drop', 'temp (min)');
  expect(features.map(({ name, unit, header }) => ({ name, unit, header }))).toEqual([
    { name: 'temp (max)', unit: null, header: undefined },
    { name: 'rain', unit: 'mm', header: 'rain (mm)' },
  ]);
});

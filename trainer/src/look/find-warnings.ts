import { count } from '../table/count.ts';
import { quoted } from '../table/data-error.ts';
import { flag } from '../table/flag.ts';
import type { Column, Table } from '../table/table.ts';
import { countRepeats } from './count-repeats.ts';
import { singlePower } from './single-power.ts';
import { summarizeColumn } from './summarize-column.ts';

const fewRows = 10;
const fewestForIds = 20;
/** A feature that is right about so many rows, and about nine in ten of those that the largest class is wrong about. */
const leakShare = 0.98;
/** Test rows that training rows repeat, from which on accuracy may flatter. */
const fewestRepeats = 2;
const repeatShare = 0.01;

/** What a person should look at before training, one line each, with the reason. `split` is the one that training makes. */
export function findWarnings(table: Table, split: { train: readonly number[]; test: readonly number[] }): string[] {
  return [
    ...table.columns.flatMap((column) => columnWarnings(column, table.lines.length)),
    ...classWarnings(table),
    ...leaks(table),
    ...repeats(table, split),
  ];
}

function columnWarnings(column: Column, rows: number): string[] {
  const { missing, distinct } = summarizeColumn(column);
  const name = quoted(column.title);
  const without = `${flag('--drop', column.name)} leaves it out`;
  if (distinct === 1 && missing === 0) return [`${name} is constant: ${without}`];
  if (column.kind === 'category') return sameButCase(column.words).map((pair) => `${name}: ${pair}`);
  const isCounter = column.kind === 'number' && rows >= fewestForIds && countsRows(column.values);
  return isCounter ? [`${name} counts the rows: an order of the file, not of the world; ${without}`] : [];
}

/** Whether each value is one more than the one before. */
function countsRows(values: Float64Array): boolean {
  return values.every((value, row) => row === 0 || value === (values[row - 1] as number) + 1);
}

function classWarnings({ target }: Table): string[] {
  const sizes = new Int32Array(target.classes.length);
  for (const label of target.labels) if (label >= 0) sizes[label] = (sizes[label] as number) + 1;
  const rare = target.classes.filter((_, label) => (sizes[label] as number) < fewRows);
  const shown = rare.slice(0, 8).map((name) => `${quoted(name)} ${sizes[target.classes.indexOf(name)]}`);
  const more = rare.length > 8 ? ` and ${rare.length - 8} more` : '';
  return [
    ...(rare.length > 0
      ? [
          `classes with fewer than ${fewRows} rows: ${shown.join(', ')}${more}; their figures are guesses (--drop-rare ${fewRows})`,
        ]
      : []),
    ...sameButCase(target.classes).map((pair) => `the target ${quoted(target.title)}: ${pair}`),
  ];
}

function sameButCase(words: readonly string[]): string[] {
  return [...Map.groupBy(words, (word) => word.toLowerCase()).values()]
    .filter((same) => same.length > 1)
    .slice(0, 3)
    .map((same) => `${same.slice(0, 4).map(quoted).join(' and ')} differ in case only, and count as different`);
}

function leaks({ columns, target }: Table): string[] {
  return columns.flatMap((column) => {
    const { right, largest } = singlePower(column, target);
    return largest < 1 && right >= leakShare && 1 - right <= (1 - largest) / 10
      ? [
          `${quoted(column.title)} alone gives the class of ${percent(right)} of the rows: if it is known only after the outcome, ${flag('--drop', column.name)} leaves it out`,
        ]
      : [];
  });
}

function repeats(table: Table, split: { train: readonly number[]; test: readonly number[] }): string[] {
  if (table.columns.length === 0) return [];
  const found = countRepeats(table.columns, split);
  return found >= fewestRepeats && found >= repeatShare * split.test.length
    ? [
        `${found.toLocaleString('en')} of ${count(split.test.length, 'test row')} have the features of a training row, which flatters accuracy`,
      ]
    : [];
}

const percent = (share: number) => `${Math.floor(share * 1000) / 10} %`;

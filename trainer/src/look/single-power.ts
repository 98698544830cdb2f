import type { Column, Target } from '../table/table.ts';

const fewestInRun = 5;
/** Of a longer table every second, third, … row is looked at. */
const mostRows = 20_000;

/**
 * For what share of the rows one column alone gives the class, and the share of the largest class. A number does so by
 * ranges of at least 5 rows and 1 % of them, each of which has one class; any other value by itself, from 5 rows on. A gap
 * is a value: what is filled in after the outcome only, such as a date of cancellation, gives it away.
 */
export function singlePower(column: Column, { labels, classes }: Target): { right: number; largest: number } {
  const step = Math.ceil(labels.length / mostRows);
  const thin = <T extends Float64Array | Int32Array>(of: T) =>
    (step > 1 ? of.filter((_, row) => row % step === 0) : of) as T;
  const few = thin(labels);
  if ('values' in column) return powerOf({ values: thin(column.values) }, few, classes.length);
  const codes = thin(column.codes);
  // rare words say nothing each, but may be there for one class only
  const isThere = codes.map((code) => Math.min(code, 0));
  const powers = [codes, isThere].map((of) => powerOf({ codes: of }, few, classes.length));
  return powers.reduce((a, b) => (b.right > a.right ? b : a));
}

type Cells = { values: Float64Array } | { codes: Int32Array };

function powerOf(cells: Cells, labels: Int32Array, classes: number): { right: number; largest: number } {
  const rows = labels.length;
  const sizes = new Int32Array(classes);
  for (const label of labels) if (label >= 0) sizes[label] = (sizes[label] as number) + 1;
  const largest = sizes.length === 0 ? 1 : Math.max(...sizes) / rows;
  const groups = 'values' in cells ? byValue(cells.values, labels) : byCode(cells.codes, labels, classes);
  let right = 0;
  let run = { label: -1, rows: 0, right: 0 };
  const close = () => {
    if (run.rows >= Math.max(fewestInRun, rows / 100)) right += run.right;
  };
  for (const group of groups) {
    if ('values' in cells && !group.isGap && group.label === run.label) {
      run.rows += group.rows;
      run.right += group.right;
    } else {
      close();
      run = { ...group };
    }
  }
  close();
  return { right: right / rows, largest };
}

type Group = { label: number; rows: number; right: number; isGap?: boolean };

/** Rows of equal value, in ascending order, with their most frequent class; those with a gap come last. */
function* byValue(values: Float64Array, labels: Int32Array): Generator<Group> {
  const isGap = (row: number) => Number.isNaN(values[row]);
  const order = Array.from(values.keys()).sort(
    (a, b) => Number(isGap(a)) - Number(isGap(b)) || (values[a] as number) - (values[b] as number),
  );
  for (let from = 0; from < order.length; ) {
    const counts = new Map<number, number>();
    const value = values[order[from] as number];
    let to = from;
    for (; to < order.length && Object.is(values[order[to] as number], value); to++) {
      const label = labels[order[to] as number] as number;
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    yield { ...groupOf(counts, to - from), isGap: Number.isNaN(value) };
    from = to;
  }
}

function byCode(codes: Int32Array, labels: Int32Array, classes: number): Group[] {
  const counts = new Map<number, Map<number, number>>();
  for (let row = 0; row < codes.length; row++) {
    const [code, label] = [codes[row] as number, labels[row] as number];
    if (label < 0 || label >= classes) continue;
    const of = counts.getOrInsertComputed(code, () => new Map());
    of.set(label, (of.get(label) ?? 0) + 1);
  }
  return [...counts.values()].map((of) =>
    groupOf(
      of,
      of.values().reduce((sum, rows) => sum + rows, 0),
    ),
  );
}

function groupOf(counts: Map<number, number>, rows: number): Group {
  let [label, right] = [-1, 0];
  for (const [of, count] of counts) if (count > right) [label, right] = [of, count];
  return { label, rows, right };
}

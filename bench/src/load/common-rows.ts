import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lab/root.ts';
import { type Row, requestLabels, type Target } from './target.ts';

/** Rows (by default of the Iris data) that all of these targets label correctly, so that a wrong label later is a fault. */
export async function rowsThatAllKnow(targets: readonly Target[], all = irisRows()): Promise<Row[]> {
  const known = all.map(() => true);
  for (const target of targets.filter(({ labelPattern }) => labelPattern)) {
    // a random version answers: ten rounds reach every version
    for (let round = 0; round < 10; round++) {
      const labels = await requestLabels(
        target,
        all.map(({ features }) => features),
      );
      labels.forEach((label, i) => {
        if (label !== all[i]?.label) known[i] = false;
      });
    }
  }
  const rows = all.filter((_, i) => known[i]);
  if (new Set(rows.map(({ label }) => label)).size < 3 || rows.length < 30)
    throw new Error(`the models agree on only ${rows.length} of ${all.length} rows: one of them does not work`);
  return rows;
}

/** All rows of the Iris data. */
export function irisRows(): Row[] {
  const lines = readFileSync(join(root, 'trainer/data/iris.csv'), 'utf8').trim().split(/\r?\n/).slice(1);
  const cells = lines.map((line) => line.split(','));
  const classes = [...new Set(cells.map((row) => row.at(-1)))].sort();
  return cells.map((row) => ({ features: row.slice(0, -1).map(Number), label: classes.indexOf(row.at(-1)) }));
}

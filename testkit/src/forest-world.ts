import type { ModelCard } from '@coppice/contract';
import { evaluate } from '@coppice/trainer/evaluate';
import { forestOptions } from '@coppice/trainer/forest/forest-options';
import { RandomForestClassifier } from '@coppice/trainer/forest/library-forest';
import { trainForests } from '@coppice/trainer/forest/train-forests';
import { cardOf, type Row } from './card-of-rows.ts';
import { normal } from './sample-rows.ts';
import { seededRandom } from './seeded-random.ts';

/** Versions by name, and for each whole training row of their cards what each version predicts for it. */
export type ForestWorld = {
  cards: Record<string, ModelCard>;
  rows: { features: number[]; labels: Record<string, number> }[];
};

const forests = [
  { version: 'v1', trees: 50, depth: 5 },
  { version: 'v2', trees: 100, depth: 7 },
];

/**
 * The trainer's default forests on clouds of points that overlap, some classes ten times as frequent as others. A fifth of
 * the rows is held out for testing.
 */
export async function forestWorld(
  classes: number,
  { features = 6, rowsPerClass = 40, seed = 1 } = {},
): Promise<ForestWorld> {
  const random = seededRandom(seed);
  const rows: Row[] = [];
  for (let label = 0; label < classes; label++) {
    const centre = Array.from({ length: features }, () => 2 * normal(random));
    const size = Math.max(5, Math.round(rowsPerClass * 2 * random()));
    for (let i = 0; i < size; i++) rows.push({ features: centre.map((value) => value + 1.5 * normal(random)), label });
  }
  const test = new Set(rows.keys().filter((i) => i % 5 === 4));
  const train = rows.filter((_, i) => !test.has(i));
  const names = Array.from({ length: features }, (_, i) => `f${i}`);
  const card = cardOf(train, names);
  const models = await trainForests(
    tableOf(
      rows,
      names,
      card.classes.map(({ name }) => name),
    ),
    Array.from(rows.keys()).filter((i) => !test.has(i)),
    forests.map((forest) => forestOptions(forest, seed)),
    { workers: 2 },
  );
  const held = rows.filter((_, i) => test.has(i));
  const cards: ForestWorld['cards'] = {};
  const predicted: Record<string, number[]> = {};
  for (const [i, { version }] of forests.entries()) {
    const forest = RandomForestClassifier.load(models[i] as (typeof models)[number]);
    const answers = forest.predict(held.map((row) => row.features));
    const metrics = evaluate(
      card.classes.map(({ name }) => name),
      held.map(({ label }) => label),
      answers,
    );
    cards[version] = { ...card, version, metrics, data: { ...card.data, testRows: held.length } };
    predicted[version] = forest.predict(card.rows.map((row) => row.features as number[]));
  }
  return {
    cards,
    rows: card.rows.map((row, i) => ({
      features: row.features as number[],
      labels: Object.fromEntries(forests.map(({ version }) => [version, predicted[version]?.[i] as number])),
    })),
  };
}

function tableOf(rows: readonly Row[], names: readonly string[], classes: string[]) {
  const values = new Float64Array(new SharedArrayBuffer(8 * rows.length * names.length));
  const labels = new Int32Array(new SharedArrayBuffer(4 * rows.length));
  values.set(rows.flatMap((row) => row.features));
  labels.set(rows.map((row) => row.label));
  return { features: names.map((name) => ({ name, unit: null })), target: 'class', classes, values, labels };
}

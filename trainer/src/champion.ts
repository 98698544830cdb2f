import type { FeatureCard, FeatureValue, ModelCard } from '@coppice/contract';
import { parseModelCard } from '@coppice/contract';
import { columnsFor } from '@coppice/evaluation/columns-for';
import { openRegistry } from '@coppice/registry/open-registry';
import type { Registry } from '@coppice/registry/registry';
import { CARD_FILE, MODEL_FILE } from '@coppice/registry/release';
import { openModel } from './open-model.ts';

/** What all versions of a training are tested by. */
export type Test = {
  features: readonly Pick<FeatureCard, 'name' | 'kind'>[];
  classes: readonly string[];
  rows: readonly (readonly FeatureValue[])[];
  /** Index of each row's class. */
  actual: readonly number[];
};

/** What the champion answers to test rows. */
export type Champion = {
  number: number;
  card: ModelCard;
  /** Indices of the test's classes; −1 for a class that it does not have. */
  answered: Int32Array;
};

/** The champion's answers; null when there is no champion. A text says why it cannot answer these rows. */
export async function askChampion(place: string, model: string, test: Test): Promise<Champion | string | null> {
  const registry = await openRegistry(place, model);
  const { champion: number } = (await registry.current()).state.aliases;
  if (number === null) return null;
  const { card, onnx } = await readRelease(registry, number);
  const not = `not compared with release ${number}, the champion: `;
  const columns = columnsFor(card, test.features);
  if (typeof columns === 'string') return not + columns;
  const opened = await openModel(onnx, card);
  if (!opened) return `${not}it was made elsewhere (npm run evaluate compares it)`;
  try {
    const rows = test.rows.map((row) => columns.map((at) => (at === null ? null : (row[at] as FeatureValue))));
    const { answered } = await opened.infer(rows);
    const indices = card.classes.map(({ name }) => test.classes.indexOf(name));
    return { number, card, answered: Int32Array.from(answered, (label) => indices[label] ?? -1) };
  } finally {
    await opened.close();
  }
}

async function readRelease(registry: Registry, number: number): Promise<{ card: ModelCard; onnx: Uint8Array }> {
  const release = await registry.release(number);
  const [card, onnx] = await Promise.all([registry.file(release, CARD_FILE), registry.file(release, MODEL_FILE)]);
  const { data, error } = parseModelCard(JSON.parse(Buffer.from(card).toString('utf8')));
  if (!data) throw error;
  return { card: data, onnx };
}

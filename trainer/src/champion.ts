import type { FeatureCard, FeatureValue, ModelCard } from '@coppice/contract';
import { parseModelCard } from '@coppice/contract';
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
  const columns = columnsFor(card, test);
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

/** The place of each of its features among the test's; null for one that it can do without. A text says which one is missing. */
function columnsFor({ features }: ModelCard, test: Test): (number | null)[] | string {
  const places: (number | null)[] = [];
  for (const { name, kind, nullable } of features) {
    const at = test.features.findIndex((one) => one.name === name);
    const found = test.features[at];
    if (!found && !nullable) return `it needs the feature ${JSON.stringify(name)}, which these rows do not have`;
    if (found && found.kind !== kind && kind !== 'category')
      return `${JSON.stringify(name)} is a ${kind} there and a ${found.kind} here`;
    places.push(found ? at : null);
  }
  return places;
}

/** Whether the champion may know the test rows already. */
export function championNotes({ number, card }: Champion, own: Pick<ModelCard, 'data' | 'parameters'>): string[] {
  const trained = (what: string) => [`Release ${number} was trained on ${what}.`];
  if (card.data.sha256 !== own.data.sha256)
    return [`Release ${number} was trained on another file, which may hold some of these rows.`];
  // the parameters say how rows were chosen and split
  const chosen = ['seed', 'testShare', 'sample', 'dropMissing', 'dropRare'];
  const same = chosen.every((name) => card.parameters[name] === own.parameters[name]);
  return same && card.data.target === own.data.target
    ? []
    : trained('some of these rows, since it split the same file in another way');
}

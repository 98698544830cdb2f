import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { modelCard } from '@coppice/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forestOptions } from '../trainer/src/forest/forest-options.ts';
import { RandomForestClassifier } from '../trainer/src/forest/library-forest.ts';
import { stratifiedSplit } from '../trainer/src/split.ts';
import { readIris } from './iris.ts';
import { predict, predictBatch } from './predict.ts';
import { type Stack, startStack } from './stack.ts';

const { rows, classes } = readIris();
const names = ['setosa', 'versicolor', 'virginica'];

/** What ml-random-forest itself answers, grown here from the card's parameters with nothing of the export or the servers. */
function libraryLabels(version: string): { labels: number[]; classes: string[] } {
  const file = fileURLToPath(new URL(`../artifacts/${version}/model-card.json`, import.meta.url));
  const card = modelCard.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { trees, depth, seed, testShare } = card.parameters as Record<string, number>;
  const truth = classes.map((name) => names.indexOf(name));
  const { train } = stratifiedSplit(truth, { testShare: Number(testShare), seed: Number(seed) });
  const forest = new RandomForestClassifier(
    forestOptions({ trees: Number(trees), depth: Number(depth) }, Number(seed)),
  );
  forest.train(
    train.map((row) => rows[row] as number[]),
    train.map((row) => truth[row] as number),
  );
  return { labels: forest.predict(rows), classes: card.classes.map(({ name }) => name) };
}

describe('labels through gateway and ONNX', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ ui: false });
  });
  afterAll(() => stack?.stop());

  it.each(['v1', 'v2'])("equal ml-random-forest's on all 150 rows for %s", async (version) => {
    const library = libraryLabels(version);
    expect(library.classes).toEqual(names);
    expect(library.labels).toHaveLength(150);
    const pin = { 'X-Model-Version': version };
    const batch = await predictBatch(stack.gatewayUrl, rows, pin);
    expect(batch.model_version).toBe(version);
    expect(batch.predictions.map(({ prediction }) => prediction)).toEqual(library.labels);
    const singles = await Promise.all(rows.map((features) => predict(stack.gatewayUrl, { features }, pin)));
    expect(singles.map(({ prediction }) => prediction)).toEqual(library.labels);
    expect(singles.map((answer) => answer.class)).toEqual(library.labels.map((label) => names[label]));
  });
});

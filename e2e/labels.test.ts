import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { modelCard } from '@coppice/contract';
import { readIris } from '@coppice/testkit/iris';
import { predict, predictBatch } from '@coppice/testkit/predict';
import { forestOptions } from '@coppice/trainer/forest/forest-options';
import { type LibraryModel, RandomForestClassifier } from '@coppice/trainer/forest/library-forest';
import { trainForests } from '@coppice/trainer/forest/train-forests';
import { stratifiedSplit } from '@coppice/trainer/sampling/split';
import type { TrainingSet } from '@coppice/trainer/table/training-set';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from './stack/stack.ts';

const { rows, classes } = readIris();
const names = ['setosa', 'versicolor', 'virginica'];

/** Answers of ml-random-forest itself, from a forest grown again with the card's parameters, without export and servers. */
async function libraryLabels(version: string): Promise<{ labels: number[]; classes: string[] }> {
  const file = fileURLToPath(new URL(`../artifacts/${version}/model-card.json`, import.meta.url));
  const card = modelCard.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { trees, depth, seed, testShare } = card.parameters as Record<string, number>;
  const truth = classes.map((name) => names.indexOf(name));
  const { train } = stratifiedSplit(truth, { testShare: Number(testShare), seed: Number(seed) });
  const options = forestOptions({ trees: Number(trees), depth: Number(depth) }, Number(seed));
  const [model] = await trainForests(tableOf(truth), train, [options]);
  return {
    labels: RandomForestClassifier.load(model as LibraryModel).predict(rows),
    classes: card.classes.map(({ name }) => name),
  };
}

function tableOf(truth: readonly number[]): TrainingSet {
  const values = new Float64Array(new SharedArrayBuffer(8 * rows.length * 4));
  values.set(rows.flat());
  const labels = new Int32Array(new SharedArrayBuffer(4 * rows.length));
  labels.set(truth);
  const features = ['a', 'b', 'c', 'd'].map((name) => ({ name, unit: null }));
  return { features, target: 'class', classes: names, values, labels };
}

describe('labels through gateway and ONNX', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ ui: false });
  });
  afterAll(() => stack?.stop());

  it.each(['v1', 'v2'])("equal ml-random-forest's on all 150 rows for %s", async (version) => {
    const library = await libraryLabels(version);
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

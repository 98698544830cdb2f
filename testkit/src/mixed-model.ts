import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FeatureValue, type ModelCard, modelCard } from '@coppice/contract';
import { sha256 } from '@coppice/trainer/artifacts/sha256';
import { describeData } from '@coppice/trainer/card/describe-data';
import { formatCard } from '@coppice/trainer/card/format-card';
import { evaluate } from '@coppice/trainer/evaluate';
import type { Tree } from '@coppice/trainer/forest/tree';
import { exportForest } from '@coppice/trainer/onnx/export-forest';
import { fitPreparation } from '@coppice/trainer/prepare/fit-preparation';
import { outputsOf } from '@coppice/trainer/prepare/preparation';
import type { Column } from '@coppice/trainer/table/table';

export const MIXED_FEATURES = ['length', 'colour', 'ripe', 'picked'] as const;
export type MixedFeature = (typeof MIXED_FEATURES)[number];
export const MIXED_CLASSES = ['small', 'large', 'red'];

type MixedOptions = {
  name?: string;
  version?: string;
  /** Which features, in which order. Only `length` and `colour` decide. */
  features?: readonly MixedFeature[];
  /** Shifts every answer by this many classes, so that two versions disagree. */
  shift?: number;
};

const count = 120;
const colours = ['red', 'green', 'blue'];

/**
 * Writes `model.onnx` and `model-card.json` of a one-tree model with a feature of each kind into `dir` (created if needed) and
 * returns the card. `length` in cm is a number and `ripe` a boolean, both required; `colour` a category and `picked` a date, both
 * nullable. Its answers are easy to predict, see `mixedAnswer`; probability 1 for that class.
 */
export function writeMixedModel(
  dir: string,
  { name = 'fruit', version = 'v1', features = MIXED_FEATURES, shift = 0 }: MixedOptions = {},
): ModelCard {
  const columns = features.map(columnOf);
  const rows = Array.from({ length: count }, (_, row) => row);
  const labels = Int32Array.from(rows, (row) => mixedAnswer({ length: lengthOf(row), colour: colourOf(row) }, shift));
  const preparation = fitPreparation({ columns }, rows);
  const outputs = preparation.steps.flatMap(outputsOf);
  const bytes = exportForest({
    trees: [treeOf(outputs, shift)],
    features: outputs.length,
    classes: MIXED_CLASSES.length,
    preparation,
  });
  const card = modelCard.parse({
    format: 2,
    name,
    version,
    algorithm: 'random-forest',
    ...describeData({ columns, target: { classes: MIXED_CLASSES, labels } }, rows, 1),
    parameters: { trees: 1, depth: 2, seed: 1 },
    metrics: evaluate(MIXED_CLASSES, Array.from(labels), Array.from(labels)),
    data: {
      file: 'fruit.csv',
      sha256: sha256(JSON.stringify([features, shift])),
      rows: count,
      trainRows: count,
      testRows: count,
      target: 'class',
    },
    artifact: { file: 'model.onnx', sha256: sha256(bytes), bytes: bytes.length },
    libraries: {},
    gitCommit: null,
    createdAt: '2026-01-01T00:00:00.000Z',
  } satisfies ModelCard);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'model.onnx'), bytes);
  writeFileSync(join(dir, 'model-card.json'), formatCard(card));
  return card;
}

/**
 * The index of the class that a mixed model answers: `small` below a length of 10, from there on `red` where the colour is red, and
 * `large` for every other colour, an unseen one and none included.
 */
export function mixedAnswer({ length, colour }: { length: number; colour?: FeatureValue }, shift = 0): number {
  const answer = length < 10 ? 0 : colour === 'red' ? 2 : 1;
  return (answer + shift) % MIXED_CLASSES.length;
}

function treeOf(outputs: readonly string[], shift: number): Tree {
  const vote = (answer: number) => ({ vote: (answer + shift) % MIXED_CLASSES.length });
  const [length, red] = [outputs.indexOf('length'), outputs.indexOf('colour = red')];
  const long: Tree = red < 0 ? vote(1) : { feature: red, threshold: 0.5, below: vote(1), above: vote(2) };
  return length < 0 ? long : { feature: length, threshold: 10, below: vote(0), above: long };
}

/** From 4 to 15.9, no order in it. */
const lengthOf = (row: number) => 4 + ((row * 47) % count) / 10;
/** One in twelve has none. */
const colourOf = (row: number) => (row % 12 === 5 ? null : (colours[row % 3] as string));

function columnOf(name: MixedFeature, at: number): Column {
  const heading = { name, unit: null, title: name, place: at + 1 };
  const numbers = (of: (row: number) => number) => Float64Array.from({ length: count }, (_, row) => of(row));
  switch (name) {
    case 'length':
      return { ...heading, kind: 'number', unit: 'cm', title: 'length (cm)', values: numbers(lengthOf) };
    case 'colour': {
      const codes = Int32Array.from({ length: count }, (_, row) => colours.indexOf(colourOf(row) ?? ''));
      return { ...heading, kind: 'category', codes, words: colours };
    }
    case 'ripe':
      return { ...heading, kind: 'boolean', values: numbers((row) => (row % 5 < 2 ? 1 : 0)) };
    case 'picked':
      // 2024-05-01 and the 119 days after it; one in ten has none
      return { ...heading, kind: 'date', values: numbers((row) => (row % 10 === 3 ? Number.NaN : 19_844 + row)) };
  }
}

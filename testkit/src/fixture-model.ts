import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelCard, modelCard } from '@coppice/contract';
import { sha256 } from '@coppice/trainer/artifacts/sha256';
import { describeData } from '@coppice/trainer/card/describe-data';
import { formatCard } from '@coppice/trainer/card/format-card';
import { evaluate } from '@coppice/trainer/evaluate';
import { type Tree, treeVote } from '@coppice/trainer/forest/tree';
import { exportForest } from '@coppice/trainer/onnx/export-forest';
import { numberColumns } from './number-columns.ts';

type FixtureOptions = {
  name?: string;
  version?: string;
  /** Names of the features; a unit may follow in brackets. Only the first feature decides. */
  features?: string[];
  classes?: string[];
  /** Shifts every answer by this many classes, so that two versions disagree. */
  shift?: number;
};

/**
 * Writes `model.onnx` and `model-card.json` of a one-tree model into `dir` (created if needed) and returns the card.
 * Its answers are easy to predict: with the first feature x, class 0 below 0.5, class 1 below 1.5, …, the last class from
 * there on; probability 1 for that class. For tests of everything that serves or calls a model.
 */
export function writeFixtureModel(
  dir: string,
  { name = 'iris', version = 'v1', features = ['x0', 'x1'], classes = ['a', 'b'], shift = 0 }: FixtureOptions = {},
): ModelCard {
  const tree = thresholds(0, classes.length, shift);
  const bytes = exportForest({ trees: [tree], features: features.length, classes: classes.length });
  const { rows: values, labels } = sampleRows(features.length, classes.length, tree);
  const rows = Array.from(labels.keys());
  const columns = numberColumns(features, values);
  const card = modelCard.parse({
    format: 2,
    name,
    version,
    algorithm: 'random-forest',
    ...describeData({ columns, target: { classes, labels: Int32Array.from(labels) } }, rows, 1),
    parameters: { trees: 1, depth: classes.length - 1, seed: 1 },
    metrics: evaluate(classes, labels, labels),
    data: {
      file: 'fixture.csv',
      sha256: sha256(JSON.stringify([features, classes, shift])),
      rows: rows.length,
      trainRows: rows.length,
      testRows: rows.length,
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

function thresholds(from: number, classes: number, shift: number): Tree {
  const vote = (from + shift) % classes;
  return from === classes - 1
    ? { vote }
    : { feature: 0, threshold: from + 0.5, below: { vote }, above: thresholds(from + 1, classes, shift) };
}

/** Forty rows per class: the first feature within 0.4 of 0, 1, 2, …, the others from 0 to 1. */
function sampleRows(features: number, classes: number, tree: Tree): { rows: number[][]; labels: number[] } {
  const rows = Array.from({ length: 40 * classes }, (_, row) =>
    Array.from({ length: features }, (_, column) => {
      const within = ((row * (column + 3) * 7) % 41) / 40;
      return column === 0 ? (row % classes) + (within - 0.5) * 0.8 : within;
    }),
  );
  return { rows, labels: rows.map((row) => treeVote(tree, row)) };
}

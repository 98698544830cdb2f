import { expect, it } from 'vitest';
import { parseModelCard } from './parse-model-card.ts';

const figures = {
  ...{ min: 0, max: 1, mean: 0.5, std: 0.5, step: 0.1, deciles: Array(9).fill(0.5), sample: [0, 1] },
  histogram: { edges: [0, 1], counts: [2] },
};
const rest = {
  ...{ name: 'iris', version: 'v1', algorithm: 'random-forest', parameters: {}, libraries: {}, gitCommit: null },
  rows: [{ features: [0], class: 0 }],
  metrics: { rows: 0, accuracy: 0, precision: 0, recall: 0, f1: 0, perClass: [], confusion: [] },
  data: { file: 'a.csv', sha256: '0'.repeat(64), rows: 2, trainRows: 2, testRows: 0, target: 'y' },
  artifact: { file: 'model.onnx', sha256: '0'.repeat(64), bytes: 1 },
  createdAt: '2026-01-01T00:00:00.000Z',
};

it('reads a card of format 1 as numbers, none missing', () => {
  const { data } = parseModelCard({
    ...rest,
    format: 1,
    features: [{ name: 'x', unit: 'cm', ...figures }],
    classes: [
      { name: 'a', share: 0.5, medians: [0] },
      { name: 'b', share: 0.5, medians: [1] },
    ],
  });
  expect(data?.format).toBe(2);
  expect(data?.features[0]).toEqual({ kind: 'number', nullable: false, missing: 0, name: 'x', unit: 'cm', ...figures });
  expect(data?.classes.map(({ typical }) => typical)).toEqual([[0], [1]]);
});

it('says what a card lacks', () => {
  expect(parseModelCard({ ...rest, format: 2, features: [] }).error?.issues[0]?.path).toEqual(['features']);
  expect(parseModelCard(null).success).toBe(false);
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeatureValue } from '@coppice/contract';
import { mixedAnswer, writeMixedModel } from '@coppice/testkit/mixed-model';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openModel } from './open-model.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coppice-open-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const onnx = () => readFileSync(join(dir, 'model.onnx'));
const written = () => {
  const card = writeMixedModel(dir);
  return [onnx(), card] as const;
};

it('a model answers rows as clients send them, gaps and dates among them', async () => {
  const model = await openModel(...written());
  const rows: FeatureValue[][] = [
    [1.5, 'red', true, '2024-03-01'],
    [9, 'blue', false, null],
    [9, null, true, '2024-03-01T12:30Z'],
  ];
  const { answered, probabilities } = (await model?.infer(rows)) ?? { answered: [], probabilities: null };
  const expected = rows.map(([length, colour]) => mixedAnswer({ length: Number(length), colour: colour ?? null }));
  expect([...Array.from(answered)]).toEqual(expected);
  expect(probabilities).toHaveLength(9);
  await model?.close();
});

it('a model whose inputs are not the features of its card is none of ours', async () => {
  const card = writeMixedModel(dir);
  const features = card.features.map((feature) => ({ ...feature, name: `another ${feature.name}` }));
  expect(await openModel(onnx(), { ...card, features })).toBeUndefined();
});

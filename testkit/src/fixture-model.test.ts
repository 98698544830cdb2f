import '@coppice/serverkit/no-telemetry';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelCard } from '@coppice/contract';
import { sha256 } from '@coppice/trainer/artifacts/sha256';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFixtureModel } from './fixture-model.ts';

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'coppice-fixture-')), 'v9');
});
afterEach(() => rmSync(join(dir, '..'), { recursive: true }));

async function labels(...x: number[]): Promise<number[]> {
  const session = await InferenceSession.create(join(dir, 'model.onnx'));
  const rows = x.flatMap((first) => [first, 0, 0]);
  const answer = await session.run({ features: new Tensor('float64', rows, [x.length, 3]) });
  await session.release();
  return Array.from(answer.label?.data as BigInt64Array, Number);
}

it('answers as one works it out in one’s head, and has a valid card', async () => {
  const card = writeFixtureModel(dir, { version: 'v9', features: ['len (cm)', 'b', 'c'], classes: ['x', 'y', 'z'] });
  expect(await labels(-7, 0.49, 0.5, 1.49, 1.5, 99)).toEqual([0, 0, 1, 1, 2, 2]);
  expect(modelCard.parse(JSON.parse(readFileSync(join(dir, 'model-card.json'), 'utf8')))).toEqual(card);
  expect(card.features.map(({ name, unit }) => [name, unit])).toEqual([
    ['len', 'cm'],
    ['b', null],
    ['c', null],
  ]);
  expect(card.artifact.sha256).toBe(sha256(readFileSync(join(dir, 'model.onnx'))));
});

it('turns its answers by some classes when asked', async () => {
  writeFixtureModel(dir, { features: ['a', 'b', 'c'], classes: ['x', 'y', 'z'], shift: 1 });
  expect(await labels(0, 1, 2)).toEqual([1, 2, 0]);
});

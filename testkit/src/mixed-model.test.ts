import '@coppice/serverkit/no-telemetry';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelCard } from '@coppice/contract';
import { daysOfDate } from '@coppice/serverkit';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mixedAnswer, writeMixedModel } from './mixed-model.ts';

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'coppice-mixed-')), 'v1');
});
afterEach(() => rmSync(join(dir, '..'), { recursive: true }));

const rows = [
  { length: 9.9, colour: 'red', ripe: true, picked: '2024-06-01' },
  { length: 10, colour: 'red', ripe: false, picked: null },
  { length: 10, colour: 'green', ripe: true, picked: '2024-06-01' },
  { length: 99, colour: 'never seen', ripe: true, picked: '1999-01-01' },
  { length: 12, colour: null, ripe: false, picked: null },
];

it.each([0, 1])('answers as its rule says, shifted by %i', async (shift) => {
  writeMixedModel(dir, { shift });
  const session = await InferenceSession.create(join(dir, 'model.onnx'));
  const column = (of: (row: (typeof rows)[number]) => number) =>
    new Tensor('float64', Float64Array.from(rows, of), [rows.length, 1]);
  const answer = await session.run({
    length: column(({ length }) => length),
    colour: new Tensor(
      'string',
      rows.map(({ colour }) => colour ?? ''),
      [rows.length, 1],
    ),
    ripe: column(({ ripe }) => Number(ripe)),
    picked: column(({ picked }) => (picked === null ? Number.NaN : (daysOfDate(picked) as number))),
  });
  await session.release();
  const expected = rows.map((row) => mixedAnswer(row, shift));
  expect(new Set(expected).size).toBe(3);
  expect(Array.from(answer.label?.data as BigInt64Array, Number)).toEqual(expected);
  expect(Array.from(answer.probability?.data as Float64Array)).toEqual(
    expected.flatMap((label) => [0, 1, 2].map((one) => (one === label ? 1 : 0))),
  );
});

it('has a valid card with a feature of each kind', () => {
  const card = writeMixedModel(dir);
  expect(modelCard.parse(JSON.parse(readFileSync(join(dir, 'model-card.json'), 'utf8')))).toEqual(card);
  expect(card.features).toMatchObject([
    { kind: 'number', name: 'length', header: 'length (cm)', unit: 'cm', nullable: false, missing: 0 },
    { kind: 'category', name: 'colour', nullable: true, missing: 10 / 120, other: 0 },
    { kind: 'boolean', name: 'ripe', nullable: false, share: 0.4 },
    { kind: 'date', name: 'picked', nullable: true, missing: 0.1 },
  ]);
  expect(card.features[1]).toMatchObject({ values: [{ value: 'green' }, { value: 'red' }, { value: 'blue' }] });
  expect(card.rows).toContainEqual({
    features: [expect.any(Number), 'red', true, '2024-05-01'],
    class: expect.any(Number),
  });
  expect(card.classes.map(({ name }) => name)).toEqual(['small', 'large', 'red']);
  expect(card.classes[2]?.typical).toEqual([
    expect.any(Number),
    'red',
    false,
    expect.stringMatching(/^2024-0\d-\d\d$/),
  ]);
});

it('has only the features that are asked for, in their order', () => {
  const card = writeMixedModel(dir, { features: ['colour', 'length'] });
  expect(card.features.map(({ name }) => name)).toEqual(['colour', 'length']);
});

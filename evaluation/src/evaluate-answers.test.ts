import { type FeatureValue, modelReport } from '@coppice/contract';
import { expect, it } from 'vitest';
import { evaluateAnswers } from './evaluate-answers.ts';
import type { Answers, Evaluated } from './figures/answers.ts';

/** A model of one's head: churn is as likely as the share of complaints in ten. */
async function infer(rows: readonly (readonly FeatureValue[])[]): Promise<Answers> {
  const churn = rows.map(([complaints]) => Number(complaints) / 10);
  return {
    answered: churn.map((share) => Number(share > 0.5)),
    probabilities: Float64Array.from(churn.flatMap((share) => [1 - share, share])),
  };
}

/** Complaints 0 to 10 again and again; customers with more than five churn, but for every eleventh one. */
async function customers(count: number, changed: Partial<Evaluated> = {}): Promise<Evaluated> {
  const rows = Array.from({ length: count }, (_, i) => [
    i % 11,
    i % 3 === 0 ? 'north' : 'south',
    i % 7 === 0 ? null : i,
  ]);
  return {
    model: 'churn',
    classes: ['no', 'yes'],
    features: [
      { name: 'complaints', kind: 'number' },
      { name: 'region', kind: 'category' },
      { name: 'age', kind: 'number' },
    ],
    rows,
    actual: rows.map(([complaints], i) => Number((complaints as number) > 5 && i % 11 !== 10)),
    answers: await infer(rows),
    trained: [70, 30],
    costs: { yes: { no: 10, yes: -4 }, no: { yes: 1 } },
    infer,
    seed: 3,
    ...changed,
  };
}

it('the whole report has the shape of the contract, and the same seed gives the same', async () => {
  const report = await evaluateAnswers(await customers(330));
  expect(modelReport.parse(report)).toEqual(report);
  expect(await evaluateAnswers(await customers(330))).toEqual(report);
  // 30 rounds of 11: six without churn, four found, one false alarm
  expect(report).toMatchObject({
    model: 'churn',
    rows: 330,
    accuracy: { value: 10 / 11 },
    majority: { class: 'no', accuracy: 7 / 11 },
    confusion: [
      [180, 30],
      [0, 120],
    ],
    business: {
      costs: [
        [0, 1],
        [10, -4],
      ],
      total: -450,
      per_row: -450 / 330,
      majority_per_row: 1200 / 330,
    },
  });
  expect(report.roc.map((one) => one.class)).toEqual(['no', 'yes']);
  expect(report.thresholds.map((one) => one.class)).toEqual(['yes']);
  expect(report.importance[0]?.feature).toBe('complaints');
  expect(report.slices.some(({ feature, slice }) => feature === 'age' && slice === 'missing')).toBe(true);
  expect(report.warnings[0]).toContain('"complaints" alone decides');
});

it('a model without probabilities has no figures of them', async () => {
  const all = await customers(110);
  const without = async (rows: Evaluated['rows']) => ({ ...(await infer(rows)), probabilities: null });
  const report = await evaluateAnswers({ ...all, answers: await without(all.rows), infer: without, costs: null });
  expect(modelReport.parse(report)).toMatchObject({
    ...{ log_loss: null, roc: [], precision_recall: [], calibration: null, thresholds: [], business: null },
    accuracy: { value: 10 / 11 },
  });
});

it('of three classes or more, each has its thresholds', async () => {
  const report = await evaluateAnswers(
    await customers(110, {
      classes: ['no', 'yes', 'maybe'],
      answers: { answered: new Array(110).fill(0), probabilities: Float64Array.from({ length: 330 }, () => 1 / 3) },
      trained: null,
    }),
  );
  expect(report.thresholds.map((one) => one.class)).toEqual(['no', 'yes', 'maybe']);
  // of a class without rows there is no curve
  expect(report.roc.map((one) => one.class)).toEqual(['no', 'yes']);
  expect(report.warnings).toContain('No test row is of the class "maybe": how well the model finds it is unknown.');
});

it('a single row is reported, with a warning', async () => {
  const report = await evaluateAnswers(await customers(1));
  expect(modelReport.parse(report)).toMatchObject({ rows: 1, roc: [], slices: [] });
  expect(report.warnings[0]).toMatch(/^There is only 1 test row/);
});

it('a curve of many rows stays short, and shares stay within 0 to 1', async () => {
  const rows = 20_000;
  const score = (i: number) => ((i * 7919) % rows) / rows;
  const report = await evaluateAnswers(
    await customers(rows, {
      actual: Array.from({ length: rows }, (_, i) => Number(score(i) + score(rows - i) > 1)),
      answers: {
        answered: Array.from({ length: rows }, (_, i) => Number(score(i) > 0.5)),
        probabilities: Float64Array.from({ length: 2 * rows }, (_, i) =>
          i % 2 ? score((i - 1) / 2) : 1 - score(i / 2),
        ),
      },
      costs: null,
    }),
  );
  expect(modelReport.safeParse(report).error).toBeUndefined();
  for (const { points } of [...report.roc, ...report.precision_recall]) expect(points.length).toBeLessThanOrEqual(200);
  expect(report.warnings).toContain('Importance is measured on 2,000 rows of 20,000, shuffled 5 times each.');
});

it('what does not fit is refused before anything is measured', async () => {
  await expect(evaluateAnswers(await customers(0))).rejects.toThrow('there are no test rows');
  await expect(evaluateAnswers(await customers(11, { costs: { perhaps: { no: 1 } } }))).rejects.toThrow('"perhaps"');
});

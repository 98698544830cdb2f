import type { FeatureValue } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import type { Evaluated } from './answers.ts';
import { permutationImportance } from './permutation-importance.ts';

/** Answers whether the first feature is above a half; the label is the same. The others say nothing. */
function modelOf(rows: number, features = 2) {
  const calls: number[] = [];
  const answer = (row: readonly FeatureValue[]) => Number((row[0] as number) > 0.5);
  const table = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: features }, (_, column) => (column === 0 ? i % 2 : i / rows)),
  );
  const evaluated: Pick<Evaluated, 'features' | 'rows' | 'actual' | 'answers' | 'infer' | 'seed'> = {
    features: Array.from({ length: features }, (_, column) => ({ name: `x${column}`, kind: 'number' })),
    rows: table,
    actual: table.map(answer),
    answers: { answered: table.map(answer), probabilities: null },
    infer: async (batch) => {
      calls.push(batch.length);
      return { answered: batch.map(answer), probabilities: null };
    },
    seed: 7,
  };
  return { evaluated, calls, inferred: () => calls.reduce((sum, size) => sum + size, 0) };
}

describe('the importance of a feature', () => {
  it('is the accuracy that shuffling it costs: a half where it alone gives one of two equal classes', async () => {
    const { evaluated } = modelOf(1000);
    const { importance, rows, repeats } = await permutationImportance(evaluated);
    expect({ rows, repeats }).toEqual({ rows: 1000, repeats: 5 });
    expect(importance.map(({ feature }) => feature)).toEqual(['x0', 'x1']);
    // a shuffle leaves 500 of 1000 right on average, give or take 16
    expect(importance[0]?.loss).toBeGreaterThan(0.47);
    expect(importance[0]?.loss).toBeLessThan(0.53);
    const [low, high] = (importance[0] as (typeof importance)[number]).interval;
    // losses of 0 to 1 in steps of 0.2, as of five coins, over 1000 rows: ± 1.96 · 0.224 / √1000
    expect(high - low).toBeCloseTo(2 * 1.96 * 0.0071, 2);
    expect(importance[1]).toEqual({ feature: 'x1', loss: 0, interval: [0, 0] });
  });

  it('is the same with the same seed', async () => {
    const { evaluated } = modelOf(101, 3);
    const first = await permutationImportance(evaluated);
    expect(await permutationImportance(evaluated)).toEqual(first);
    expect(await permutationImportance({ ...evaluated, seed: 8 })).not.toEqual(first);
  });

  it('is measured on a sample of many rows, in batches', async () => {
    const { evaluated, calls, inferred } = modelOf(5000);
    const { rows, repeats } = await permutationImportance(evaluated);
    expect({ rows, repeats, inferred: inferred() }).toEqual({ rows: 2000, repeats: 5, inferred: 20_000 });
    expect(Math.max(...calls)).toBeLessThanOrEqual(1000);
  });

  it('costs no more than half a million answers, however many features there are', async () => {
    const { evaluated, inferred } = modelOf(2000, 300);
    const { rows, repeats } = await permutationImportance(evaluated);
    expect({ rows, repeats }).toEqual({ rows: 1666, repeats: 1 });
    expect(inferred()).toBeLessThanOrEqual(500_000);
  });

  it('is nothing for a feature with one value, about which nobody is asked', async () => {
    const { evaluated, calls } = modelOf(100, 1);
    const rows = evaluated.rows.map(() => [1]);
    const { importance } = await permutationImportance({ ...evaluated, rows });
    expect(importance).toEqual([{ feature: 'x0', loss: 0, interval: [0, 0] }]);
    expect(calls).toEqual([]);
  });

  it('leaves the rows as they are', async () => {
    const { evaluated } = modelOf(50);
    const before = structuredClone(evaluated.rows);
    await permutationImportance(evaluated);
    expect(evaluated.rows).toEqual(before);
  });

  it('fails with the model, and when it leaves rows unanswered', async () => {
    const { evaluated } = modelOf(50);
    const away = () => Promise.reject(new Error('away'));
    await expect(permutationImportance({ ...evaluated, infer: away })).rejects.toThrow('away');
    const none = async () => ({ answered: [], probabilities: null });
    await expect(permutationImportance({ ...evaluated, infer: none })).rejects.toThrow(
      'the model answered 0 of 50 rows',
    );
  });
});

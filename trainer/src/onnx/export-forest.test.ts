import '@coppice/serverkit/no-telemetry';
import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { firstOfLargest } from '../forest/forest-trees.ts';
import { leafWeights } from '../forest/leaf-weights.ts';
import { scoreByLeaves } from '../forest/score-rows.ts';
import { type Tree, treeVote } from '../forest/tree.ts';
import { exportForest } from './export-forest.ts';

const thresholds = [-1, 0, 0.1, 0.30000000000000004, 1, 1 + Number.EPSILON, 1e100, 5e-324];
/** Each threshold with the doubles on either side of it. */
const values = thresholds.flatMap((t) => [t, t * (1 + Number.EPSILON), t * (1 - Number.EPSILON), -t]);

const forestOf = (classes: number) =>
  fc.letrec<{ tree: Tree; forest: Tree[] }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'tree' },
      fc.record({ vote: fc.nat(classes - 1) }),
      fc.record({
        feature: fc.nat(1),
        threshold: fc.constantFrom(...thresholds),
        below: tie('tree'),
        above: tie('tree'),
      }),
    ),
    forest: fc.array(tie('tree'), { minLength: 1, maxLength: 6 }),
  })).forest;
const forest = fc.integer({ min: 2, max: 5 }).chain((classes) => fc.tuple(fc.constant(classes), forestOf(classes)));

/** Leaves that give their own vote one part more than others. */
function withWeights(tree: Tree, counts: number[]): Tree {
  if (!('vote' in tree))
    return { ...tree, below: withWeights(tree.below, counts), above: withWeights(tree.above, counts.toReversed()) };
  const parts = counts.map((count, label) => count + (label === tree.vote ? 1 : 0));
  const sum = parts.reduce((a, b) => a + b);
  return { vote: tree.vote, weights: leafWeights(parts.map((part) => part / sum)) };
}

async function run(model: Uint8Array, rows: number[][]): Promise<{ labels: number[]; shares: number[][] }> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const [count, width] = [rows.length, rows[0]?.length as number];
  const answer = await session.run({ features: new Tensor('float64', rows.flat(), [count, width]) });
  await session.release();
  const probability = Array.from(answer.probability?.data as Float64Array);
  const classes = probability.length / count;
  return {
    labels: Array.from(answer.label?.data as BigInt64Array, Number),
    shares: rows.map((_, i) => probability.slice(i * classes, (i + 1) * classes)),
  };
}

describe('a forest as ONNX', () => {
  it('votes as the trees do, exactly, also at the thresholds and their neighbours and when votes tie', async () => {
    const rows = fc.array(fc.tuple(fc.constantFrom(...values), fc.constantFrom(...values)), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(forest, rows, async ([classes, trees], some) => {
        const { labels, shares } = await run(exportForest({ trees, features: 2, classes }), some);
        some.forEach((row, i) => {
          const votes = new Array<number>(classes).fill(0);
          for (const tree of trees) votes[treeVote(tree, row)] = (votes[treeVote(tree, row)] as number) + 1;
          expect(shares[i]).toEqual(votes.map((count) => count / trees.length));
          expect(labels[i]).toBe(firstOfLargest(votes));
        });
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  it('splits the votes of leaves exactly as their weights say', async () => {
    const split = fc
      .integer({ min: 2, max: 5 })
      .chain((classes) =>
        fc.tuple(
          fc.constant(classes),
          forestOf(classes),
          fc.array(fc.nat(9), { minLength: classes, maxLength: classes }),
        ),
      );
    const rows = fc.array(fc.tuple(fc.constantFrom(...values), fc.constantFrom(...values)), {
      minLength: 1,
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(split, rows, async ([classes, hard, counts], some) => {
        const trees = hard.map((tree) => withWeights(tree, [...counts]));
        const { labels, shares } = await run(exportForest({ trees, features: 2, classes }), some);
        const { counts: sums, of } = scoreByLeaves(trees, classes, 'shares')(some.map((row) => Float64Array.from(row)));
        expect(shares).toEqual(sums.map((by) => by.map((sum) => sum / of)));
        expect(labels).toEqual(sums.map(firstOfLargest));
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  it.each([0, 1])('of two classes may vote for class %i alone', async (vote) => {
    const model = exportForest({ trees: [{ vote }, { vote }], features: 1, classes: 2 });
    expect(await run(model, [[3]])).toEqual({ labels: [vote], shares: [vote ? [0, 1] : [1, 0]] });
  });

  it('gives the same bytes for the same trees', () => {
    const make = () =>
      exportForest({
        trees: [{ feature: 0, threshold: 1, below: { vote: 0 }, above: { vote: 1 } }],
        features: 2,
        classes: 2,
      });
    expect(make()).toEqual(make());
  });
});

import { basename } from 'node:path';
import { forestOptions } from './forest/forest-options.ts';
import type { Leaves } from './forest/forest-trees.ts';
import type { ForestSpec, Options } from './options.ts';

export type Parameters = Record<string, number | boolean | string>;

/** The share of each class's rows held out for testing. */
export const testShare = 0.2;

/** Raise it when the same data, flags and libraries give another model or card than before. */
const revision = 2;

/** Every choice that a version's model depends on, as its card lists them; `data` are those about the table. */
export function parametersOf(
  spec: ForestSpec,
  { seed, leaves, data }: { seed: number; leaves: Leaves; data: Parameters },
): Parameters {
  const { nEstimators, treeOptions, maxFeatures, replacement, featuresPerSplit, useSampleBagging } = forestOptions(
    spec,
    seed,
  );
  return {
    trees: nEstimators,
    depth: treeOptions.maxDepth,
    seed,
    testShare,
    minNumSamples: treeOptions.minNumSamples,
    gainThreshold: treeOptions.gainThreshold,
    maxFeatures,
    replacement,
    featuresPerSplit,
    useSampleBagging,
    trainerRevision: revision,
    ...(leaves !== 'votes' && { leaves }),
    ...data,
  };
}

/** Choices about the table, only those that were made: a card without them is of a table as it is. */
export function dataParameters({
  header,
  drop,
  only,
  types,
  test,
  selection: { dropMissing, dropRare, sample },
}: Pick<Options, 'header' | 'drop' | 'only' | 'types' | 'test' | 'selection'>): Parameters {
  return {
    ...(header !== undefined && { header }),
    ...(drop.length > 0 && { drop: drop.join(', ') }),
    ...(only && { only: only.join(', ') }),
    ...(types.length > 0 && { types: types.map(({ column, kind }) => `${column}=${kind}`).join(', ') }),
    ...(test && { test: basename(test.file) }),
    ...(dropMissing && { dropMissing }),
    ...(dropRare !== undefined && { dropRare }),
    ...(sample !== undefined && { sample }),
  };
}

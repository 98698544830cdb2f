import { moments } from '@coppice/statistics/moments';
import type { DriftMethod } from './drift-method.ts';
import { featureScore } from './score.ts';

/** A feature's part of the overall score, clamped to 0–1. It raises no alarm alone: the overall score has the threshold. */
export const meanStdMethod: DriftMethod<'mean_std'> = (references, columns) =>
  references.map((reference, i) => ({
    result: Math.min(1, featureScore(moments(columns[i] as readonly number[]), reference.moments)),
    drifted: false,
  }));

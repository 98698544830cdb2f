import type { ModelReport } from '@coppice/contract';
import type { Evaluated } from './figures/answers.ts';

/** What a model's answers to its test rows are worth, in figures. */
export function evaluateAnswers(_evaluated: Evaluated): Promise<ModelReport> {
  throw new Error('not built yet');
}

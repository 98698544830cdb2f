import { equalWeights, type Intent } from './last-intent.ts';

/** Name of a change in the audit: the parts of the intent that it touched. */
export function changedParts(from: Intent | null, to: Intent): string {
  const weights = !from || !equalWeights(from.weights, to.weights);
  const shadow = (from?.shadow ?? null) !== to.shadow;
  return weights && shadow ? 'weights and shadow' : shadow ? 'shadow' : 'weights';
}

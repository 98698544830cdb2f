import type { FeatureValue } from '@coppice/contract';

const found = new Map<string, Promise<FeatureValue[]>>();

/** Where the inputs of a model start, the same whenever its route is opened: found once. */
export function starts(model: string, find: () => Promise<FeatureValue[]>): Promise<FeatureValue[]> {
  const known = found.get(model) ?? find();
  found.set(model, known);
  return known;
}

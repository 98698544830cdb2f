import type { FeatureValue } from '@coppice/contract';
import { words } from './format.ts';
import { valueWords } from './value-words.ts';

/** A row in words, in the order of its names: "petal length 4.2, colour missing". */
export function namedValues(names: readonly string[], values: readonly FeatureValue[]): string {
  return values.map((value, i) => `${words(names[i] ?? `feature ${i + 1}`)} ${valueWords(value)}`).join(', ');
}

import type { FeatureValue } from '@coppice/contract';
import { number } from './format.ts';

/** A value of a feature in words: "4.2", "yes", "Biscoe", "2024-03-31", "missing". */
export function valueWords(value: FeatureValue): string {
  if (value === null) return 'missing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? number(value) : value;
}

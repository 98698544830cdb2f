import type { FeatureCard, FeatureValue } from '@coppice/contract';
import { daysOfDate } from '@coppice/serverkit/iso-date';

const missing = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '-', '?']);
const booleans: Record<string, boolean> = {
  ...{ true: true, yes: true, y: true, t: true, 1: true },
  ...{ false: false, no: false, n: false, f: false, 0: false },
};
const MOST_CHARACTERS = 1000;

/** The value of a feature that a text means, or an error that says why there is none. `decimalCommas`: 5,1 is a number. */
export function readCell(text: string, feature: FeatureCard, decimalCommas: boolean): FeatureValue | Error {
  const trimmed = text.trim();
  const isValue = feature.kind === 'category' && feature.values.some(({ value }) => value === trimmed);
  if (missing.has(trimmed.toLowerCase()) && !isValue)
    return feature.nullable ? null : new Error('a value is missing, and the model requires one');
  const shown = `“${trimmed.length > 40 ? `${trimmed.slice(0, 39)}…` : trimmed}”`;
  switch (feature.kind) {
    case 'number': {
      const value = Number(decimalCommas ? trimmed.replace(/^([+-]?\d*),(\d+)$/, '$1.$2') : trimmed);
      return Number.isFinite(value) ? value : new Error(`${shown} is no number`);
    }
    case 'boolean':
      return booleans[trimmed.toLowerCase()] ?? new Error(`${shown} is neither yes nor no`);
    case 'date':
      return daysOfDate(trimmed) === undefined ? new Error(`${shown} is no date such as 2024-03-31`) : trimmed;
    case 'category':
      return trimmed.length > MOST_CHARACTERS ? new Error(`${shown} is longer than 1,000 characters`) : trimmed;
  }
}

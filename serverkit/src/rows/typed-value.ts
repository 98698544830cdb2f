import type { FeatureValue } from '@coppice/contract';
import { daysOfDate } from './iso-date.ts';
import type { FeatureSpec } from './row-schema.ts';

/** The longest text that a value may be, in characters. */
export const MAX_VALUE_CHARACTERS = 1000;
/** A message lists no more values. */
const MOST_LISTED = 20;

const yes = ['true', 'yes', 'y', 't', '1'];
const no = ['false', 'no', 'n', 'f', '0'];

/**
 * A value as a client sends it, in the form in which all else has it: a finite number, `true` or `false`, a category's text,
 * an ISO 8601 date; null is missing. A boolean may also be a word that a table has for it, a category a number. Undefined
 * when it cannot be a value of this feature.
 */
export function typedValue(spec: FeatureSpec, value: unknown): FeatureValue | undefined {
  if (value === null || value === undefined) return spec.nullable ? null : undefined;
  switch (spec.kind) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'boolean':
      return booleanOf(value);
    case 'category':
      return categoryOf(value, spec.nullable);
    case 'date':
      return typeof value === 'string' && daysOfDate(value) !== undefined ? value : undefined;
  }
}

/** What `typedValue` takes, to stand behind "must be". */
export function allowedValues(spec: FeatureSpec): string {
  const otherwise = spec.nullable ? ', or null where it is missing' : '';
  switch (spec.kind) {
    case 'number':
      return `a finite number${otherwise}`;
    case 'boolean':
      return `true or false${otherwise}`;
    case 'date':
      return `a date such as 2024-03-31 or 2024-03-31T12:30:00Z${otherwise}`;
    case 'category': {
      const listed = spec.values.slice(0, MOST_LISTED).map((value) => JSON.stringify(value));
      const more = spec.values.length > listed.length ? `, ${spec.values.length - listed.length} more` : '';
      return `a text of at most ${MAX_VALUE_CHARACTERS} characters: ${listed.join(', ')}${more}, or another one${otherwise}`;
    }
  }
}

function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value !== 0 && value !== 1 && typeof value !== 'string') return undefined;
  const word = String(value).toLowerCase();
  if (yes.includes(word)) return true;
  return no.includes(word) ? false : undefined;
}

function categoryOf(value: unknown, nullable: boolean): FeatureValue | undefined {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  if (typeof text !== 'string' || text.length > MAX_VALUE_CHARACTERS) return undefined;
  // the model knows a missing value by the empty text
  if (text === '') return nullable ? null : undefined;
  return text;
}

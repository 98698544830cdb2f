/**
 * How one column becomes numbers. `missing`: it had gaps in training, so a number of its own says where there is one, and the
 * fill stands in its place. Without gaps in training, a gap is filled just the same.
 */
export type Step =
  | { kind: 'number'; column: string; fill: number; missing: boolean }
  | { kind: 'boolean'; column: string; fill: 0 | 1; missing: boolean }
  /** One number for each word, 1 where it is the value; with `other`, one more for words that are not listed. */
  | { kind: 'category'; column: string; words: string[]; other: boolean; missing: boolean }
  /** Days since 1970, month 1–12, and weekday 1–7 from Monday; `fill` in days. */
  | { kind: 'date'; column: string; fill: number; missing: boolean };

/** What was fitted on training rows: a step for each column, in the order of the features. */
export type Preparation = { steps: Step[] };

/** A value as a client sends it: null is missing, a date is days since 1970. */
export type RawValue = number | boolean | string | null;

/** Names of the numbers that a step makes, in their order. */
export function outputsOf({ kind, column, missing, ...step }: Step): string[] {
  const gap = missing ? [`${column} is missing`] : [];
  if (kind === 'date') return [column, `${column}: month`, `${column}: weekday`, ...gap];
  if (kind !== 'category') return [column, ...gap];
  const { words, other } = step as Extract<Step, { kind: 'category' }>;
  return [...words.map((word) => `${column} = ${word}`), ...(other ? [`${column} = other`] : []), ...gap];
}

/** Whether every number stays as it is: a table of numbers without gaps. */
export function isIdentity({ steps }: Preparation): boolean {
  return steps.every(({ kind, missing }) => kind === 'number' && !missing);
}

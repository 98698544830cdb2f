import { percentsApart } from '@coppice/contract/drift-words';
import { duration } from '../parts/format.ts';

/** "+1.5 σ": two significant digits. */
export function shiftWords(sigmas: number): string {
  const sign = sigmas > 0 ? '+' : sigmas < 0 ? '−' : '';
  return `${sign}${twoDigits(Math.abs(sigmas))} σ`;
}

/** Two significant digits, without an exponent for everyday sizes. */
export function twoDigits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value > 0 && value < 0.001) return '< 0.001';
  const digits = value.toPrecision(2);
  // a zero at the end is a digit, too, but not of what is rounded to tens or is none
  return (Math.abs(value) >= 10 || value === 0 ? String(Number(digits)) : digits).replace('-', '−');
}

/** "60 % of rows", "< 1 % of rows" */
export function rowsShare(rows: number, of: number): string {
  const share = of === 0 ? 0 : rows / of;
  if (share > 0 && share < 0.005) return '< 1 % of rows';
  return `${percentsApart(share, share)[0]} of rows`;
}

/** "for 12 min": since when, at this time of the server; empty without a beginning. */
export function sinceWords(since: string | null, now: number): string {
  if (since === null) return '';
  const seconds = (now - Date.parse(since)) / 1000;
  return seconds < 60 ? 'for less than a minute' : `for ${duration(seconds)}`;
}

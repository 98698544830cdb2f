/** How the page writes numbers and times; one locale, since its words are English. */
const locale = 'en';

const percents = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const counts = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
const significant = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });
const figures = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const shifts = new Intl.NumberFormat(locale, {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
});
const times = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', hour12: false });

/** "72.4 %" of 0.724; "< 0.1 %" and "> 99.9 %" where rounding would say none or all. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '–';
  if (share > 0 && share < 0.0005) return '< 0.1 %';
  if (share < 1 && share >= 0.9995) return '> 99.9 %';
  return `${percents.format(share * 100)} %`;
}

/** A share of traffic: whole percents without decimals, others with one. */
export function sharePercent(share: number): string {
  const whole = Math.round(share * 100);
  return Math.abs(share * 100 - whole) < 1e-9 ? `${whole} %` : percent(share);
}

/** "68.1–76.2 %" */
export function percentRange([low, high]: readonly [number, number]): string {
  return `${percents.format(low * 100)}–${percents.format(high * 100)} %`;
}

export function count(n: number): string {
  return Number.isFinite(n) ? counts.format(n) : '–';
}

/** "12.4K" from 10,000 on. */
export function shortCount(n: number): string {
  return Math.abs(n) < 10_000 ? count(n) : compact.format(n);
}

/** At most four significant digits. */
export function number(value: number): string {
  return Number.isFinite(value) ? significant.format(value) : '–';
}

/** A statistic, at most three significant digits; a tiny one is "< 0.001". */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value > 0 && value < 0.001 ? '< 0.001' : figures.format(value).replace('-', '−');
}

/** "+1.51 σ" */
export function sigmas(value: number): string {
  return `${shifts.format(value).replace('-', '−')} σ`;
}

/** Whole milliseconds; "< 1 ms" below one. */
export function milliseconds(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  return ms > 0 && ms < 1 ? '< 1 ms' : `${counts.format(ms)} ms`;
}

/** Requests a second, with a decimal while few. */
export function rate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return '–';
  return perSecond >= 100 || perSecond === 0 ? counts.format(perSecond) : percents.format(perSecond);
}

/** "p < 0.001", "p = 0.042" */
export function pValue(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

export const clockTime = (iso: string | number) => times.format(new Date(iso));
export const dateTime = (iso: string | number) => dates.format(new Date(iso));

/** "just now", "12 s ago", "3 min ago", "2 h ago", "5 d ago" */
export function age(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 2) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** "sepal_length" → "sepal length"; underscores that separate no words stay. */
export const words = (name: string) => name.replace(/(?<=[^_])_(?=[^_])/g, ' ');

/** Decimals that a slider's step needs: 1 for 0.1, 0 for 5. */
export function stepDecimals(step: number): number {
  const [, exponent] = step.toExponential().split('e');
  const mantissa = step.toExponential().split('e')[0]?.split('.')[1]?.length ?? 0;
  return Math.min(12, Math.max(0, mantissa - Number(exponent)));
}

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
const signedPercents = new Intl.NumberFormat(locale, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});
const signedFigures = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3, signDisplay: 'exceptZero' });
const ratios = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const clocks = new Intl.DateTimeFormat(locale, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const minutes = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const days = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' });
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

/** "1,200 test rows", "1 test row": `units` in the plural, of which the first word that has one loses its s. */
export const counted = (n: number, units: string) => `${count(n)} ${n === 1 ? units.replace(/s\b/, '') : units}`;

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

/** "+2.3 points" of a difference of shares, "−0.42 points" below one point. */
export function points(difference: number): string {
  return `${pointsIn(difference, Math.abs(difference))} points`;
}

/** "+0.4 to +3.8 points" */
export function pointsRange([low, high]: readonly [number, number]): string {
  const widest = Math.max(Math.abs(low), Math.abs(high));
  return `${pointsIn(low, widest)} to ${pointsIn(high, widest)} points`;
}

/** With as many decimals as the widest figure beside it needs. */
function pointsIn(difference: number, widest: number): string {
  if (!Number.isFinite(difference)) return '–';
  const value = difference * 100;
  if (value !== 0 && widest * 100 < 0.005) return value > 0 ? '< +0.01' : '> −0.01';
  return (widest * 100 < 0.995 ? shifts : signedPercents).format(value).replace('-', '−');
}

/** A difference with its sign, at most three significant digits: "+0.042". */
export function signed(difference: number): string {
  return Number.isFinite(difference) ? signedFigures.format(difference).replace('-', '−') : '–';
}

/** "×1.09" of a ratio. */
export const times = (ratio: number) => (Number.isFinite(ratio) ? `×${ratios.format(ratio)}` : '–');

/** An E-value by its natural logarithm: "1.8 : 1", "over a million : 1". */
export function odds(logE: number): string {
  const value = Math.exp(Math.min(logE, 30));
  if (value >= 1e6) return 'over a million : 1';
  return `${value >= 10 ? counts.format(value) : Number(value.toPrecision(2))} : 1`;
}

/** A span of time in at most two units: "40 s", "5 min", "3 h 20 min", "11 h", "12 d". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 600) return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`;
  if (minutes < 2880) return `${Math.round(minutes / 60)} h`;
  return `${counts.format(Math.round(minutes / 1440))} d`;
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

export const clockTime = (iso: string | number) => clocks.format(new Date(iso));
export const dateTime = (iso: string | number) => dates.format(new Date(iso));

/** "07:02" of today, "Nov 24, 07:02" of another day. */
export function momentTime(iso: string | number, now: number): string {
  const time = new Date(iso);
  const isToday = time.toDateString() === new Date(now).toDateString();
  return isToday ? minutes.format(time) : `${days.format(time)}, ${minutes.format(time)}`;
}

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

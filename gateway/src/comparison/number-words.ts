import type { MeanMetric } from '@coppice/contract';

/** "+1.8 points [+0.6, +3.0]", with as many decimals as the interval's width needs. */
export function difference(metric: MeanMetric, effect: number, [low, high]: readonly [number, number]): string {
  const scale = metric === 'accuracy' ? 100 : 1;
  const digits = decimals(scale * (high - low), metric === 'accuracy' ? 1 : 0);
  const [e, l, h] = [effect, low, high].map((value) => signed(value * scale, digits));
  return `${e}${metric === 'accuracy' ? ' points' : ''} [${l}, ${h}]`;
}

/** A difference without its sign: "2 points", "0.05". */
export function size(metric: MeanMetric, value: number): string {
  return metric === 'accuracy' ? points(value) : short(value);
}

/** A difference of shares: "2 points". */
export function points(value: number): string {
  const number = short(100 * value);
  return `${number} ${number === '1' ? 'point' : 'points'}`;
}

/** How many times a risk is another one: "2.4". */
export const times = (ratio: number): string => short(ratio);

/** An interval of such; an end that no event limits is open. */
export function span([low, high]: readonly [number, number]): string {
  if (high > OPEN) return `[at least ${short(low)}]`;
  return low < 1 / OPEN ? `[at most ${short(high)}]` : `[${short(low)}, ${short(high)}]`;
}
const OPEN = 1000;

/** "4 %", "0.25 %"; "none" without data. */
export function percent(share: number | null): string {
  return share === null ? 'none' : `${short(100 * share)} %`;
}

/** "5,412". */
export const count = (n: number): string => COUNTS.format(n);
const COUNTS = new Intl.NumberFormat('en-US');

/** "errors, slow answers and cost". */
export function list(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Seconds in the largest unit of which there are two: "3 days". */
export function duration(seconds: number): string {
  const [length, name] = UNITS.find(([unit]) => seconds >= 2 * unit) ?? [60, 'minutes'];
  const n = Math.max(1, Math.round(seconds / length));
  return n === 1 ? 'a minute' : `${count(n)} ${name}`;
}
const UNITS: [number, string][] = [
  [86_400, 'days'],
  [3600, 'hours'],
  [60, 'minutes'],
];

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** Two digits of the interval's width, at least `least`, at most 9. */
function decimals(width: number, least: number): number {
  return width > 0 ? Math.min(9, Math.max(least, 1 - Math.floor(Math.log10(width)))) : least;
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

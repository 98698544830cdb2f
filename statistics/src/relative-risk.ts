import { totalOf } from './bucketed.ts';

/** Events of both arms by bucket in one epoch, and the candidate's share of what could have been an event. */
export type RiskEpoch = { candidate: Float64Array; baseline: Float64Array; share: number };

/** Events of candidate and baseline in one epoch, and the candidate's share. */
export type RiskPair = { t: number; c: number; share: number };

export type RelativeRisk = {
  events: { candidate: number; baseline: number };
  designEffect: number;
  /** ln E against "no higher risk"; evidence from ln(1/α) on. */
  harmLogE: number;
  /** ln E against "the same risk". */
  logE: number;
  /** Risk of the candidate ÷ risk of the baseline, within `RATIO_LIMITS`; null without events. */
  ratio: number | null;
  /** An end at one of `RATIO_LIMITS` is open. */
  interval: [low: number, high: number] | null;
};

const LIMIT = 12;
/** Ratios beyond these count as these. */
export const RATIO_LIMITS: readonly [number, number] = [Math.exp(-LIMIT), Math.exp(LIMIT)];

/** Log ratios that evidence is averaged over: 27 upwards from 1 % by factors of 1.25, then the same downwards. */
const STEPS = 27;
const HARM_FROM = 10;
const GRID = Float64Array.from({ length: 2 * STEPS }, (_, i) => (i < STEPS ? 1 : -1) * 0.01 * 1.25 ** (i % STEPS));
const GROWTH = GRID.map(Math.expm1);

/** ln E that the candidate's risk is higher, by 10 % (k = 10) to 27 times (k = 26); `d` is the design effect. */
export function harmLogE(pairs: readonly RiskPair[], d = 1): number {
  return averageLogE(pairs, d, HARM_FROM, STEPS);
}

/** ln E that the risks differ, in either direction; `d` is the design effect. */
export function twoSidedLogE(pairs: readonly RiskPair[], d = 1): number {
  return averageLogE(pairs, d, 0, 2 * STEPS);
}

/**
 * The exact e-test of a relative risk: given that an event happened, it was the candidate's with probability
 * π·θ/(π·θ + 1 − π). Evidence stays valid however often one looks (Grünwald et al. 2024, "Safe testing"). Events that come in
 * bursts count less, by the design effect between `buckets` with data, events or not (default: those with events).
 */
export function relativeRisk(
  epochs: readonly RiskEpoch[],
  { alpha, buckets }: { alpha: number; buckets?: number },
): RelativeRisk {
  const pairs = pairsOf(epochs);
  let [t, c] = [0, 0];
  for (const pair of pairs) {
    t += pair.t;
    c += pair.c;
  }
  const events = { candidate: t, baseline: c };
  if (t + c === 0) return { events, designEffect: 1, harmLogE: 0, logE: 0, ratio: null, interval: null };
  const peak = likeliest(pairs);
  const d = riskDesignEffect(epochs, peak, buckets);
  const logE = twoSidedLogE(pairs, d);
  const least = d * (logE + Math.log(alpha));
  return {
    ...{ events, designEffect: d, harmLogE: harmLogE(pairs, d), logE, ratio: Math.exp(peak) },
    interval: [Math.exp(end(pairs, -LIMIT, peak, least)), Math.exp(end(pairs, LIMIT, peak, least))],
  };
}

/** The events of both arms by epoch, summed over buckets. */
export function pairsOf(epochs: readonly RiskEpoch[]): RiskPair[] {
  return epochs.map(({ candidate, baseline, share }) => ({ t: totalOf(candidate), c: totalOf(baseline), share }));
}

/**
 * By how much events by bucket vary more than independent ones at the log ratio `logRatio` would, at least 1. `buckets`
 * defaults to those with events; 1 when there are fewer than two, or events of one arm alone are possible.
 */
export function riskDesignEffect(epochs: readonly RiskEpoch[], logRatio: number, buckets?: number): number {
  const ratio = Math.exp(logRatio);
  const shares = epochs.map(({ share }) => (share * ratio) / (share * ratio + 1 - share));
  let [squares, expected, withEvents] = [0, 0, 0];
  for (let bucket = 0; bucket < (epochs[0]?.candidate.length ?? 0); bucket++) {
    let [residual, all] = [0, 0];
    for (let i = 0; i < epochs.length; i++) {
      const { candidate, baseline } = epochs[i] as RiskEpoch;
      const q = shares[i] as number;
      const t = candidate[bucket] as number;
      const both = t + (baseline[bucket] as number);
      residual += t - q * both;
      expected += q * (1 - q) * both;
      all += both;
    }
    squares += residual * residual;
    if (all > 0) withEvents++;
  }
  const b = buckets ?? withEvents;
  return b < 2 || !(expected > 0) ? 1 : Math.max(1, ((b / (b - 1)) * squares) / expected);
}

/** ln of the average of E over the grid from `from` up to `to`. */
function averageLogE(pairs: readonly RiskPair[], d: number, from: number, to: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let k = from; k < to; k++) {
    const g = GRID[k] as number;
    const growth = GROWTH[k] as number;
    let exponent = 0;
    for (let i = 0; i < pairs.length; i++) {
      const { t, c, share } = pairs[i] as RiskPair;
      exponent += t * g - (t + c) * Math.log1p(share * growth);
    }
    exponent /= d;
    if (exponent > largest) {
      sum = sum * Math.exp(largest - exponent) + 1;
      largest = exponent;
    } else sum += Math.exp(exponent - largest);
  }
  return largest + Math.log(sum / (to - from));
}

/** ln of the likelihood ratio of the log ratio `g` against 0, without the design effect. */
function logLikelihood(pairs: readonly RiskPair[], g: number): number {
  const growth = Math.expm1(g);
  let sum = 0;
  for (const { t, c, share } of pairs) sum += t * g - (t + c) * Math.log1p(share * growth);
  return sum;
}

/** First and negative second derivative of `logLikelihood`: what is left to explain at `g`, and how fast it falls. */
function score(pairs: readonly RiskPair[], g: number): [left: number, fall: number] {
  const ratio = Math.exp(g);
  let [left, fall] = [0, 0];
  for (const { t, c, share } of pairs) {
    const q = (share * ratio) / (share * ratio + 1 - share);
    left += t - (t + c) * q;
    fall += (t + c) * q * (1 - q);
  }
  return [left, fall];
}

/** The log ratio of largest likelihood within the limits: Newton's steps, halved where they leave the bracket. */
function likeliest(pairs: readonly RiskPair[]): number {
  if (score(pairs, -LIMIT)[0] <= 0) return -LIMIT;
  if (score(pairs, LIMIT)[0] >= 0) return LIMIT;
  let [low, high, g] = [-LIMIT, LIMIT, 0];
  for (let i = 0; i < 100; i++) {
    const [left, fall] = score(pairs, g);
    if (left === 0) return g;
    if (left > 0) low = g;
    else high = g;
    const newton = g + left / fall;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - g) < 1e-14 * Math.max(1, Math.abs(g))) return next;
    g = next;
  }
  return g;
}

/**
 * Where, from `limit` towards the peak, the log likelihood reaches `least`; `limit` when it does so there already. Concave,
 * so Newton's steps from outside come nearer without passing it.
 */
function end(pairs: readonly RiskPair[], limit: number, peak: number, least: number): number {
  let g = limit;
  for (let i = 0; i < 100 && g !== peak; i++) {
    const missing = least - logLikelihood(pairs, g);
    if (missing <= 0) return g;
    const next = g + missing / score(pairs, g)[0];
    if (!Number.isFinite(next) || Math.abs(next - g) < 1e-14 * Math.max(1, Math.abs(g))) return g;
    g = limit < peak ? Math.min(next, peak) : Math.max(next, peak);
  }
  return g;
}

import type { RolloutState } from '@coppice/contract';

type Weights = Readonly<Record<string, number>>;
type Pair = Pick<RolloutState, 'version' | 'baseline'>;

/** Weights beyond this are no finer; the same bound as for those that people set. */
const MOST = 1_000_000;
const SCALES = [100, 1_000, 10_000, 100_000, MOST];

/**
 * The weights in which the candidate has `percent` (0–100) of the pair's weight, never more, and the baseline the rest; all
 * other versions keep their share. Whole numbers: a hundred times the smallest that have the same shares, or finer where
 * the step needs it. A pair without weight gets none.
 */
export function rolloutWeights(weights: Weights, { version, baseline }: Pair, percent: number): Record<string, number> {
  const weightOf = (name: string) => weights[name] ?? 0;
  const others = Object.keys(weights).filter((name) => name !== version && name !== baseline);
  const pair = weightOf(version) + weightOf(baseline);
  const unit = [pair, ...others.map(weightOf)].reduce(commonDivisor, 0) || 1;
  const total = others.reduce((sum, name) => sum + weightOf(name), pair) / unit;
  const exact = (scale: number) => (pair / unit) * scale * (percent / 100);
  const whole = (scale: number) => Math.floor(exact(scale) + 1e-6);
  const fine = SCALES.filter((scale) => scale === SCALES[0] || total * scale <= MOST);
  const scale =
    fine.find((one) => Math.abs(whole(one) - exact(one)) < 1e-6) ??
    fine.findLast((one) => whole(one) > 0) ??
    SCALES.find((one) => whole(one) > 0) ??
    MOST;
  const share = whole(scale);
  return Object.fromEntries(
    Object.keys(weights).map((name) => {
      if (name === version) return [name, share];
      return [name, name === baseline ? (pair / unit) * scale - share : (weightOf(name) / unit) * scale];
    }),
  );
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

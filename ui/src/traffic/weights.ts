export type Weights = Record<string, number>;

export const totalOf = (weights: Weights) => Object.values(weights).reduce((sum, weight) => sum + weight, 0);

/** Weight / total, 0 while all are 0. */
export function shareOf(weights: Weights, version: string): number {
  const total = totalOf(weights);
  return total === 0 ? 0 : (weights[version] ?? 0) / total;
}

/** Whether two sets of weights split traffic alike: 1/1 and 50/50 do. */
export function sameSplit(a: Weights, b: Weights): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => Math.abs(shareOf(a, name) - shareOf(b, name)) < 1e-12);
}

/** Weights that total 100 as whole percents, for sliders; those that already total 100 or more stay unchanged. */
export function toPercentWeights(weights: Weights): Weights {
  const total = totalOf(weights);
  if (total === 0 || total >= 100) return { ...weights };
  const parts = Object.entries(weights).map(([version, weight]) => {
    const exact = (weight / total) * 100;
    return { version, whole: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  let missing = 100 - parts.reduce((sum, { whole }) => sum + whole, 0);
  // largest remainder: the rest that rounding down leaves goes to those that lost most
  for (const part of parts.toSorted((a, b) => b.rest - a.rest)) if (missing-- > 0) part.whole++;
  return Object.fromEntries(parts.map(({ version, whole }) => [version, whole]));
}

/** The weights in which a version has `percent` of the traffic and the others keep their ratios; null where it alone has some. */
export function raisedTo(weights: Weights, version: string, percent: number): Weights | null {
  const rest = totalOf(weights) - (weights[version] ?? 0);
  if (percent < 100 && rest === 0) return null;
  const exact = Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => [
      name,
      name === version ? percent * rest : weight * (100 - percent),
    ]),
  );
  if (rest === 0 || percent === 100)
    return Object.fromEntries(Object.keys(weights).map((name) => [name, name === version ? 100 : 0]));
  const least = Object.values(exact).reduce(divisor);
  const total = totalOf(exact) / least;
  // of 100 where that is exact: people read percents
  const factor = 100 % total === 0 ? 100 / total : 1;
  return Object.fromEntries(Object.entries(exact).map(([name, weight]) => [name, (weight / least) * factor]));
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

/** Percentages that a version is usually raised to, one after the other; the gateway's rollouts use the same by default. */
const usualSteps = [1, 5, 10, 25, 50];

/** The next usual percentage above a share, or null: what is left is everything. */
export const nextStep = (share: number): number | null => usualSteps.find((step) => step / 100 > share + 1e-9) ?? null;

/** The problem with a set of weights, in words; null when it is valid. */
export function weightsProblem(weights: Record<string, number | null>): string | null {
  for (const [version, weight] of Object.entries(weights))
    if (weight === null || !Number.isInteger(weight) || weight < 0)
      return `The weight of ${version} must be a whole number of 0 or more.`;
  return totalOf(weights as Weights) === 0 ? 'At least one version needs a weight above 0.' : null;
}

/** The version that gets all traffic, or null. */
export function soleVersion(weights: Weights): string | null {
  return Object.keys(weights).find((version) => shareOf(weights, version) === 1) ?? null;
}

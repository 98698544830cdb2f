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

/** Weights that total 100 as whole percents, for sliders; those that already total 100 or more stay as they are. */
export function toPercentWeights(weights: Weights): Weights {
  const total = totalOf(weights);
  if (total === 0 || total >= 100) return { ...weights };
  const parts = Object.entries(weights).map(([version, weight]) => {
    const exact = (weight / total) * 100;
    return { version, whole: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  let missing = 100 - parts.reduce((sum, { whole }) => sum + whole, 0);
  // largest remainder: what rounding down left over goes to those that lost most
  for (const part of parts.toSorted((a, b) => b.rest - a.rest)) if (missing-- > 0) part.whole++;
  return Object.fromEntries(parts.map(({ version, whole }) => [version, whole]));
}

/** Sets one weight. With two versions, the other one takes the rest of the total. */
export function withWeight(weights: Weights, version: string, weight: number): Weights {
  const others = Object.keys(weights).filter((name) => name !== version);
  const total = totalOf(weights);
  const [other] = others;
  if (others.length === 1 && other !== undefined && weight <= total)
    return { ...weights, [version]: weight, [other]: total - weight };
  return { ...weights, [version]: weight };
}

/** What is wrong with a set of weights, in words; null when nothing is. */
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

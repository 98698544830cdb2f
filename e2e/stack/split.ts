import { goodnessOfFit } from '@coppice/statistics/chi-square';
import { predict } from '@coppice/testkit/predict';

/** Answers per version to `n` single predictions, 16 at a time. */
export async function countVersions(base: string, n: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let left = n;
  const client = async () => {
    while (left-- > 0) {
      const { model_version } = await predict(base, { features: [5.1, 3.5, 1.4, 0.2] });
      counts[model_version] = (counts[model_version] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  return counts;
}

/** Chance (0–1) of counts at least this uneven if the weights are followed, by χ²; 0 when a version without weight answered. */
export function splitPValue(counts: Record<string, number>, weights: Record<string, number>): number {
  const versions = [...new Set([...Object.keys(weights), ...Object.keys(counts)])];
  return goodnessOfFit(
    versions.map((version) => counts[version] ?? 0),
    versions.map((version) => weights[version] ?? 0),
  ).pValue;
}

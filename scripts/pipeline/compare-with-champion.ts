import { comparisonClause } from '@coppice/evaluation/report-sentence';
import type { Registry } from '@coppice/registry/registry';
import { DataError } from '@coppice/trainer/table/data-error';
import { evaluateRelease } from '../evaluate/evaluate-release.ts';

/** Compares a release with the champion on its own test rows, for the gate; says the result, or why there is none. */
export async function compareWithChampion(
  registry: Registry,
  number: number,
  costs: readonly string[],
): Promise<string | null> {
  const { champion } = (await registry.current()).state.aliases;
  if (champion === null || champion === number) return null;
  try {
    const wanted = { number, against: undefined, costs: [...costs], data: undefined };
    const { comparison, uncompared } = await evaluateRelease(registry, wanted);
    if (!comparison) return uncompared;
    await registry.keepComparison(comparison);
    return comparisonClause(comparison);
  } catch (error) {
    if (error instanceof DataError) return `not compared with the champion: ${error.message}`;
    throw error;
  }
}

import type { FeatureValue, ModelReport, SameRowsComparison } from '@coppice/contract';
import type { Answers } from '@coppice/evaluation/answers';
import { columnsFor } from '@coppice/evaluation/columns-for';
import { comparisonNotes } from '@coppice/evaluation/comparison-notes';
import { costMatrix } from '@coppice/evaluation/cost-matrix';
import { evaluateAnswers } from '@coppice/evaluation/evaluate-answers';
import { type Costs, readCosts } from '@coppice/evaluation/read-costs';
import { compareOnSameRows } from '@coppice/evaluation/same-rows';
import type { Registry } from '@coppice/registry/registry';
import { DataError } from '@coppice/trainer/table/data-error';
import type { Evaluation } from './evaluate-arguments.ts';
import { type OpenRelease, openRelease } from './open-release.ts';
import { keptTestSet, type TestSet, testSetOf } from './test-set.ts';

export type Evaluated = {
  report: ModelReport;
  comparison: SameRowsComparison | null;
  /** Why there is no comparison, or null. */
  uncompared: string | null;
};

/** A release on its own test rows or on others, and against the champion or another release. Throws `DataError` of one line. */
export async function evaluateRelease(
  registry: Registry,
  wanted: Pick<Evaluation, 'number' | 'against' | 'costs' | 'data'>,
): Promise<Evaluated> {
  const own = await openRelease(registry, wanted.number);
  try {
    const { card, release } = own;
    const classes = card.classes.map(({ name }) => name);
    const costs = checked(() => readCosts(wanted.costs, classes));
    const test = wanted.data ? testSetOf(wanted.data, card) : await keptTestSet(registry, release, card);
    if (test.rows.length === 0) throw new DataError('there are no rows to evaluate it by');
    const rows = ordered(own, test);
    const answers = await own.infer(rows);
    const report = await evaluateAnswers({
      ...{ model: card.name, classes, features: card.features, rows, actual: test.actual, answers, costs },
      trained: card.classes.map(({ share }) => Math.round(share * card.data.trainRows)),
      ...{ infer: own.infer, seed: Number(card.parameters.seed ?? 1) },
    });
    return { report, ...(await compared(registry, own, { test, answers, costs, against: wanted.against })) };
  } finally {
    await own.close();
  }
}

type Against = { test: TestSet; answers: Answers; costs: Costs | null; against: number | undefined };

async function compared(
  registry: Registry,
  own: OpenRelease,
  { test, answers, costs, against: asked }: Against,
): Promise<Omit<Evaluated, 'report'>> {
  const against = asked ?? (await registry.current()).state.aliases.champion;
  if (against === null) return { comparison: null, uncompared: 'there is no champion to compare it with' };
  const { number } = own.release;
  if (against === number)
    return { comparison: null, uncompared: 'it is the champion: --against compares it with another one' };
  const other = await openRelease(registry, against);
  try {
    const columns = columnsFor(other.card, test.features);
    if (typeof columns === 'string') {
      if (asked === undefined)
        return { comparison: null, uncompared: `not compared with release ${against}, the champion: ${columns}` };
      throw new DataError(`release ${against} cannot answer these rows: ${columns}`);
    }
    const rows = test.rows.map((row) => columns.map((at) => (at === null ? null : (row[at] as FeatureValue))));
    const { answered } = await other.infer(rows);
    const classes = own.card.classes.map(({ name }) => name);
    const indices = other.card.classes.map(({ name }) => classes.indexOf(name));
    const comparison = compareOnSameRows({
      ...{ release: number, against, actual: test.actual, answered: answers.answered },
      answeredAgainst: Int32Array.from(answered, (label) => indices[label] ?? -1),
      costs: costs && costMatrix(classes, costs),
      notes: [...test.notes, ...comparisonNotes(against, other.card, own.card)],
    });
    return { comparison, uncompared: null };
  } finally {
    await other.close();
  }
}

/** The rows in the order of the card's features. */
function ordered({ card }: OpenRelease, { features, rows }: TestSet): FeatureValue[][] {
  const places = card.features.map(({ name }) => features.findIndex((one) => one.name === name));
  return rows.map((row) => places.map((at) => row[at] ?? null));
}

function checked<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof RangeError) throw new DataError(cause.message, { cause });
    throw cause;
  }
}

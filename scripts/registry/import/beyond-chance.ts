import type { ModelCard } from '@coppice/contract';
import type { ClassesOf } from './class-order.ts';
import { ImportRefusedError } from './import-refused.ts';

type Metrics = Pick<ModelCard['metrics'], 'accuracy' | 'confusion' | 'rows'>;

/** Agreement that labels without any relation to the classes would have: the sum over classes of both shares' product. */
export function chanceOf({ confusion, rows }: Pick<Metrics, 'confusion' | 'rows'>): number {
  return confusion.reduce((chance, counts, i) => {
    const actual = counts.reduce((sum, count) => sum + count, 0);
    const answered = confusion.reduce((sum, others) => sum + (others[i] as number), 0);
    return chance + (actual / rows) * (answered / rows);
  }, 0);
}

/**
 * Throws `ImportRefusedError` where an order of classes that the model does not state itself makes it worse than chance, or where
 * each of its answers is mostly another class, so that another order fits.
 */
export function refuseWrongOrder({ names, by }: ClassesOf, metrics: Metrics): void {
  if (by === 'own') return;
  const { accuracy, confusion } = metrics;
  const chance = chanceOf(metrics);
  const better = betterOrder(names, confusion);
  if (accuracy >= chance && (by === 'given' || !better)) return;
  const order = by === 'given' ? `--classes ${names.join(',')}` : `the sample’s order of classes (${names.join(', ')})`;
  const remedy = better
    ? `--classes ${better.join(',')} fits`
    : '--classes A,B,… gives the order of training; --only those of its columns';
  throw new ImportRefusedError(
    `with ${order} the model is right in ${percent(accuracy)} of the rows, and by chance in ${percent(chance)}: ${remedy}`,
  );
}

/** The order in which each answer is the class that most of its rows have, if that is another one and no accident. */
function betterOrder(names: readonly string[], confusion: readonly (readonly number[])[]): string[] | null {
  const likeliest = names.map((_, answered) => {
    const counts = confusion.map((row) => row[answered] as number);
    return counts.indexOf(Math.max(...counts));
  });
  if (new Set(likeliest).size < names.length) return null;
  const moved = [...likeliest.entries()].filter(([answered, actual]) => answered !== actual);
  const rightIn = (pairs: readonly (readonly [number, number])[]) =>
    pairs.reduce((sum, [answered, actual]) => sum + (confusion[actual]?.[answered] as number), 0);
  const [gained, lost] = [rightIn(moved), rightIn(moved.map(([answered]) => [answered, answered]))];
  // two standard errors of the difference of paired counts
  const isSure = moved.length > 0 && gained - lost > 2 * Math.sqrt(gained + lost);
  return isSure ? likeliest.map((actual) => names[actual] as string) : null;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

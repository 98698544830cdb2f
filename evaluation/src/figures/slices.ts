import type { FeatureValue, ModelReport } from '@coppice/contract';
import { wilsonInterval } from '@coppice/statistics/wilson-interval';
import type { Evaluated } from './answers.ts';
import { dayOf, daysOf } from './days-of.ts';
import { thirds } from './thirds.ts';

type Slice = ModelReport['slices'][number];
type Part = { slice: string; rows: readonly number[] };

/** Slices of fewer rows say nothing. */
const FEWEST_ROWS = 10;
const MOST_CATEGORIES = 20;

/**
 * Accuracy in parts of the test rows, the worst first (of equal ones the larger): by category (rare ones together), boolean,
 * gap, and third of each number and date. Parts of fewer than 10 rows, or of all rows, are left out. Wilson intervals.
 */
export function slices({
  features,
  rows,
  actual,
  answers,
}: Pick<Evaluated, 'features' | 'rows' | 'actual' | 'answers'>): Slice[] {
  return features
    .flatMap((feature, column) =>
      partsOf(
        feature,
        rows.map((row) => row[column] as FeatureValue),
      )
        .filter((part) => part.rows.length >= FEWEST_ROWS && part.rows.length < rows.length)
        .map((part): Slice => {
          const right = part.rows.filter((row) => answers.answered[row] === actual[row]).length;
          return {
            feature: feature.name,
            slice: part.slice,
            rows: part.rows.length,
            accuracy: right / part.rows.length,
            interval: wilsonInterval(right, part.rows.length),
          };
        }),
    )
    .sort((a, b) => a.accuracy - b.accuracy || b.rows - a.rows);
}

function partsOf({ kind }: Evaluated['features'][number], values: readonly FeatureValue[]): Part[] {
  const numberOf = (value: FeatureValue) => (kind === 'date' ? daysOf(String(value)) : Number(value));
  const measured = kind === 'number' || kind === 'date';
  const isGap = (value: FeatureValue) => value === null || (measured && Number.isNaN(numberOf(value)));
  const places = values.map((_, row) => row);
  const present = places.filter((row) => !isGap(values[row] as FeatureValue));
  const parts = measured
    ? thirdsOf(present, (row) => numberOf(values[row] as FeatureValue), kind === 'date' ? dayOf : shortNumber)
    : categoriesOf(present, (row) => String(values[row]));
  return [...parts, { slice: 'missing', rows: places.filter((row) => isGap(values[row] as FeatureValue)) }];
}

function thirdsOf(rows: readonly number[], numberOf: (row: number) => number, write: (value: number) => string) {
  const sorted = rows.map((row) => ({ row, value: numberOf(row) })).sort((a, b) => a.value - b.value);
  const runs = thirds(sorted.map(({ value }) => value));
  return runs.map(({ from, to }, i): Part => {
    const [low, high] = [sorted[from]?.value as number, sorted[to - 1]?.value as number].map(write) as [string, string];
    const inner = low === high ? low : `${low} to ${high}`;
    const slice =
      low === high || runs.length === 1 ? inner : i === 0 ? `≤ ${high}` : to === rows.length ? `≥ ${low}` : inner;
    return { slice, rows: sorted.slice(from, to).map(({ row }) => row) };
  });
}

/** The most frequent values, and the rest as one part. */
function categoriesOf(rows: readonly number[], textOf: (row: number) => string): Part[] {
  const groups = [...Map.groupBy(rows, textOf)].sort(([, a], [, b]) => b.length - a.length);
  const frequent = groups.slice(0, MOST_CATEGORIES).filter(([, group]) => group.length >= FEWEST_ROWS);
  const rest = groups.slice(frequent.length);
  return [
    ...frequent.map(([slice, group]) => ({ slice, rows: group })),
    ...(rest.length === 0
      ? []
      : [
          {
            slice: rest.length === 1 ? (rest[0]?.[0] as string) : `${rest.length} rarer values`,
            rows: rest.flatMap(([, group]) => group),
          },
        ]),
  ];
}

const shortNumber = (value: number) => String(Number(value.toPrecision(6)));

import { type MeasuredDrift, percentsApart, type ValuesDrift } from '@coppice/contract';

/** Which of a feature's tests found drift: `distribution` is any drift method. `suspected`: a test was close to it. */
export type Found = { distribution: boolean; missing: boolean; unseen: boolean; suspected: boolean };

type Figures = Pick<MeasuredDrift, 'feature' | 'missing' | 'mean_shift' | 'std_ratio' | 'far_outside' | 'mean_std'>;
type Values = Pick<ValuesDrift, 'feature' | 'missing' | 'values' | 'unseen'>;

/** Most unseen values that a verdict names, and characters of a value that it shows. */
const MOST_NAMED = 3;
const MOST_CHARACTERS = 60;

/** The drift of a number or date in words: what changed most, its gaps, and the rows that are far from all training values. */
export function figuresVerdict(figures: Figures, found: Found): string {
  const { feature, far_outside: far } = figures;
  const words = found.distribution
    ? [`${feature} ${change(figures)}`, ...(found.missing ? [gaps(figures)] : [])].join(', and ')
    : found.missing
      ? `${feature}: ${gaps(figures)}`
      : calm(feature, found);
  return far === 0 ? words : `${words}; ${far === 1 ? '1 row is' : `${far} rows are`} far outside its training range`;
}

/** The drift of a category or boolean in words: the share that moved most, values that are new, and its gaps. */
export function valuesVerdict(values: Values, found: Found): string {
  const said = {
    moved: found.distribution ? moved(values) : null,
    unseen: found.unseen ? news(values) : null,
    missing: found.missing ? gaps(values) : null,
  };
  const words = new Set(Object.values(said).filter((one) => one !== null));
  return words.size === 0 ? calm(values.feature, found) : `${values.feature}: ${[...words].join(', and ')}`;
}

const calm = (feature: string, { suspected }: Found) =>
  suspected
    ? `${feature} may differ from the training data; that is not certain yet`
    : `${feature} is like the training data`;

/** What changed most: the mean, the spread, or neither. */
function change({ mean_shift, std_ratio, mean_std }: Figures): string {
  if (mean_shift === null || std_ratio === null)
    return `differs from its constant training value in ${percentsApart(mean_std ?? 0, 0)[0]} of rows`;
  const distance = Math.abs(mean_shift);
  if (distance >= 0.3 && distance >= Math.abs(Math.log2(std_ratio)) / 2)
    return `is ${round(distance)} σ ${mean_shift > 0 ? 'above' : 'below'} its training mean`;
  if (std_ratio >= 1.25 || std_ratio <= 0.8) return `has ${round(std_ratio)} times the spread it had in training`;
  return 'has a different distribution than in training';
}

/** The value whose share moved most; unseen and missing ones are values of their own. */
function moved(values: Values): string {
  const parts = [
    ...values.values.map((one) => ({ ...one, words: () => known(one) })),
    { ...values.unseen, words: () => news(values) },
    { ...values.missing, words: () => gaps(values) },
  ];
  const distance = ({ training, now }: { training: number; now: number | null }) => Math.abs((now ?? 0) - training);
  return parts.reduce((most, part) => (distance(part) > distance(most) ? part : most)).words();
}

function known({ value, training, now }: Values['values'][number]): string {
  const [share, was] = percentsApart(now ?? 0, training);
  const name = value.length > MOST_CHARACTERS ? `${value.slice(0, MOST_CHARACTERS - 1)}…` : value;
  return `${name} is ${share} of rows, ${was} in training`;
}

function gaps({ missing: { training, now } }: Figures | Values): string {
  const [share, was] = percentsApart(now ?? 0, training);
  return `missing in ${share} of rows, ${was} in training`;
}

function news({ unseen: { training, now, examples } }: Values): string {
  const [share, was] = percentsApart(now ?? 0, training);
  const names = examples.slice(0, MOST_NAMED).map(({ value }) => `“${value}”`);
  const listed =
    names.length === 0 ? '' : ` (${[...names, ...(examples.length > MOST_NAMED ? ['…'] : [])].join(', ')})`;
  return training === 0
    ? `${share} of rows are values that training never saw${listed}`
    : `${share} of rows are values that the model does not know, ${was} in training${listed}`;
}

/** Two significant digits, without an exponent for everyday sizes. */
const round = (value: number): string => String(Number(value.toPrecision(2)));

import type { FeatureFilter, HistoryFilter } from '../port/record-store.ts';
import { MOST_LOOKED_AT, placeOf, type Walked } from '../rows/history-search.ts';
import type { PredictionKind } from '../rows/prediction-kind.ts';

export type PostgresSearch = {
  /** `FROM … WHERE …` of the rows that match among those it looks at: prediction `p`, feedback `f`, shadow answer `s`. */
  rows: string;
  parameters: unknown[];
  /** The id of the last row that it looks at; none when there is nothing beyond. */
  last: string;
  bounds: unknown[];
};

/** Ids as text; `wanted`: the kinds of rows, null for all. */
type Among = { from: string; below: string; wanted: readonly number[] | null };

const others = {
  prediction: 'LEFT JOIN coppice.feedback f ON f.id = p.id LEFT JOIN coppice.shadow_answer s ON s.id = p.id',
  feedback: 'JOIN coppice.feedback f ON f.id = p.id LEFT JOIN coppice.shadow_answer s ON s.id = p.id',
  shadow_answer: 'JOIN coppice.shadow_answer s ON s.id = p.id LEFT JOIN coppice.feedback f ON f.id = p.id',
};

export function postgresSearch(
  filter: HistoryFilter,
  walked: Walked,
  kinds: ReadonlyMap<number, PredictionKind>,
  { from, below, wanted }: Among,
): PostgresSearch {
  const conditions: string[] = [];
  const parameters: unknown[] = [from, below];
  const add: Add = (condition, value) => {
    if (value !== undefined) parameters.push(value);
    conditions.push(condition.replaceAll('?', `$${parameters.length}`));
  };
  if (wanted !== null) add('p.kind = ANY (?::int[])', wanted);
  if (filter.correct !== undefined) add('(f.actual = k.class) = ?', filter.correct);
  if (filter.disagree !== undefined) add('(s.class <> k.class) = ?', filter.disagree);
  if (filter.userHash !== undefined) add('p.user_hash = ?', filter.userHash);
  if (filter.maxProbability !== undefined)
    add('(SELECT max(one) FROM unnest(p.probability) one) < ?', filter.maxProbability);
  if (filter.feature) addFeature(filter.feature, placeOf(filter.feature.name, kinds, wanted ?? []), add);
  const most = MOST_LOOKED_AT[walked];
  const walk = `FROM coppice.${walked} WHERE id >= $1 AND id < $2 ORDER BY id DESC LIMIT`;
  return {
    // looked up one by one: the planner would rather read a whole table
    rows: `FROM (SELECT id ${walk} ${most}) c
      CROSS JOIN LATERAL (SELECT * FROM coppice.prediction WHERE id = c.id OFFSET 0) p
      JOIN coppice.kind k ON k.id = p.kind ${others[walked]} WHERE ${conditions.join(' AND ')}`,
    parameters,
    last: `SELECT id ${walk} 1 OFFSET ${most - 1}`,
    bounds: [from, below],
  };
}

type Add = (condition: string, value?: unknown) => void;

function addFeature(feature: FeatureFilter, place: string, add: Add): void {
  // arrays begin at 1; a place that a row does not have is NULL
  const at = (array: string) => `p.${array}[1 + ${place}]`;
  if ('value' in feature) {
    const { value } = feature;
    const written = `coalesce(${at('texts')}, ${at('flags')}::text, ${at('features')}::text, '')`;
    add(`${written} = ?`, value);
    return;
  }
  const { min, max } = feature;
  if (typeof min === 'number') add(`${at('features')} >= ?`, min);
  if (typeof max === 'number') add(`${at('features')} <= ?`, max);
  if (typeof min === 'string') add(`${at('texts')} COLLATE "C" >= ?`, min);
  // a day has all of its times
  if (typeof max === 'string') add(`left(${at('texts')}, ${max.length}) COLLATE "C" <= ?`, max);
}

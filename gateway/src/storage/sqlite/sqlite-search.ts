import type { DatabaseSync } from 'node:sqlite';
import type { FeatureValue } from '@coppice/contract';
import type { FeatureFilter, HistoryFilter } from '../port/record-store.ts';
import type { Bounds } from '../rows/history-bounds.ts';
import { MOST_LOOKED_AT, placeOf, type Walked } from '../rows/history-search.ts';
import type { PredictionKind } from '../rows/prediction-kind.ts';
import { featureAt, maxProbability, readRowData } from '../rows/row-batch.ts';

type Parameter = Uint8Array | number | string;
export type SqliteSearch = {
  /** `FROM … WHERE …` of the rows that match among those it looks at: prediction `p`, feedback `f`, shadow answer `s`. */
  rows: string;
  parameters: Parameter[];
  /** The id of the last row that it looks at; none when there is nothing beyond. */
  last: string;
  bounds: Parameter[];
};

const others = {
  prediction: 'LEFT JOIN feedback f ON f.id = p.id LEFT JOIN shadow_answer s ON s.id = p.id',
  feedback: 'JOIN feedback f ON f.id = p.id LEFT JOIN shadow_answer s ON s.id = p.id',
  shadow_answer: 'JOIN shadow_answer s ON s.id = p.id LEFT JOIN feedback f ON f.id = p.id',
};

/** The functions that conditions on a row's `data` call. */
export function addSearchFunctions(db: DatabaseSync): void {
  const add = (name: string, call: (data: Uint8Array, place: number) => FeatureValue) =>
    db.function(name, { deterministic: true }, (data, place) => call(data as Uint8Array, Number(place)) as never);
  add('number_at', (data, place) => only('number', featureAt(data, place)));
  add('text_at', (data, place) => only('string', featureAt(data, place)));
  add('written_at', (data, place) => String(featureAt(data, place) ?? ''));
  db.function('max_probability', { deterministic: true }, (data) => maxProbability(data as never as Uint8Array));
  db.function('user_hash', { deterministic: true }, (data) => readRowData(data as never as Uint8Array).userHash);
}

export function sqliteSearch(
  filter: HistoryFilter,
  walked: Walked,
  kinds: ReadonlyMap<number, PredictionKind>,
  { wanted, from, below }: Bounds & { wanted: readonly number[] | null },
): SqliteSearch {
  const conditions: string[] = [];
  const parameters: Parameter[] = [];
  const add = (condition: string, ...values: Parameter[]) => {
    conditions.push(condition);
    parameters.push(...values);
  };
  if (wanted !== null) add(`p.kind IN (${wanted})`);
  if (filter.correct !== undefined) add('(f.actual = k.class) = ?', Number(filter.correct));
  if (filter.disagree !== undefined) add('(s.class <> k.class) = ?', Number(filter.disagree));
  if (filter.userHash !== undefined)
    // the hash has no column: SQLite finds the rows that may have it, and their data decides
    add('instr(p.data, ?) > 0 AND user_hash(p.data) = ?', Buffer.from(filter.userHash), filter.userHash);
  if (filter.maxProbability !== undefined) add('max_probability(p.data) < ?', filter.maxProbability);
  if (filter.feature) addFeature(filter.feature, placeOf(filter.feature.name, kinds, wanted ?? []), add);
  const most = MOST_LOOKED_AT[walked];
  const walk = `FROM ${walked} WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT`;
  return {
    rows: `FROM (SELECT id ${walk} ${most}) c CROSS JOIN prediction p ON p.id = c.id JOIN kind k ON k.id = p.kind
      ${others[walked]} WHERE ${conditions.join(' AND ')}`,
    parameters: [from, below, ...parameters],
    last: `SELECT id ${walk} 1 OFFSET ${most - 1}`,
    bounds: [from, below],
  };
}

type Add = (condition: string, ...values: Parameter[]) => void;

function addFeature(feature: FeatureFilter, place: string, add: Add): void {
  if ('value' in feature) {
    add(`written_at(p.data, ${place}) = ?`, feature.value);
    return;
  }
  const { min, max } = feature;
  if (typeof min === 'number') add(`number_at(p.data, ${place}) >= ?`, min);
  if (typeof max === 'number') add(`number_at(p.data, ${place}) <= ?`, max);
  if (typeof min === 'string') add(`text_at(p.data, ${place}) >= ?`, min);
  // a day has all of its times
  if (typeof max === 'string') add(`substr(text_at(p.data, ${place}), 1, ?) <= ?`, max.length, max);
}

function only<T>(type: 'number' | 'string', value: T): T | null {
  return typeof value === type ? value : null;
}

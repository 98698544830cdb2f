import type { FeatureCard, FeatureValue, ModelCard } from '@coppice/contract';
import { words } from '../parts/format.ts';
import { readCell } from './read-cell.ts';
import { readTable, type TableRecord } from './read-table.ts';

/** Rows in feature order, the line (or the number) of each, and columns that are none of the model's. */
export type RowsRead = { rows: FeatureValue[][]; lines: number[]; ignored: string[] };

/** Why rows cannot be read: names line and column. */
export class RowsError extends Error {}

type Card = Pick<ModelCard, 'features' | 'classes'>;

/**
 * Rows as people paste them: JSON (values by name or in feature order, one row or many, or a request's body), JSON lines, or a
 * table with commas, semicolons or tabs, with a header or without. Throws `RowsError`.
 */
export function readRows(text: string, card: Card): RowsRead {
  const trimmed = text.trim();
  if (trimmed === '') throw new RowsError('There is nothing to read.');
  const read = /^[[{]/.test(trimmed) ? readJson(trimmed, card) : readRecords(text, card);
  if (read.rows.length === 0) throw new RowsError('There is a header, but no row.');
  return read;
}

function readJson(text: string, { features }: Card): RowsRead {
  const rows = jsonRows(text);
  const ignored = new Set<string>();
  const read = rows.map((row, i) => {
    const place = rows.length === 1 ? 'The row' : `Row ${i + 1}`;
    if (row === null || typeof row !== 'object') throw new RowsError(`${place} is neither a list nor an object.`);
    if (Array.isArray(row)) {
      if (row.length !== features.length)
        throw new RowsError(`${place} has ${values(row.length)}; the model has ${features.length} features.`);
      return row.map((value, j) => read1(value, features[j] as FeatureCard, place));
    }
    const entries = new Map(Object.entries(row).map(([name, value]) => [plain(name), { name, value }]));
    const inOrder = features.map((feature) => {
      const found = namesOf(feature).find((name) => entries.has(name));
      const value = found === undefined ? undefined : entries.get(found)?.value;
      if (found !== undefined) entries.delete(found);
      if (value === undefined && !feature.nullable) throw new RowsError(`${place} lacks ${feature.name}.`);
      return read1(value ?? null, feature, place);
    });
    for (const { name } of entries.values()) ignored.add(name);
    return inOrder;
  });
  return { rows: read, lines: read.map((_, i) => i + 1), ignored: [...ignored] };
}

function jsonRows(text: string): unknown[] {
  const whole = parsed(text);
  if (whole !== undefined) {
    const body = whole as { features?: unknown; instances?: unknown };
    if (Array.isArray(body.instances)) return body.instances;
    if (body.features !== null && typeof body.features === 'object') return [body.features];
    return Array.isArray(whole) && whole.some((item) => item !== null && typeof item === 'object') ? whole : [whole];
  }
  return text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === '') return [];
    const row = parsed(line);
    if (row === undefined) throw new RowsError(`Line ${i + 1} is no JSON.`);
    return [row];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function read1(value: unknown, feature: FeatureCard, place: string): FeatureValue {
  const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return cell(text, feature, `${place}, ${feature.name}`, false);
}

function readRecords(text: string, { features, classes }: Card): RowsRead {
  const { records, delimiter } = readTable(text);
  const [first, ...others] = records as [TableRecord, ...TableRecord[]];
  const names = first.cells.map(plain);
  const places = features.map((feature) => names.findIndex((name) => namesOf(feature).includes(name)));
  const hasHeader = places.some((place) => place >= 0);
  const commas = delimiter !== ',';
  if (hasHeader)
    for (const [i, feature] of features.entries())
      if ((places[i] as number) < 0 && !feature.nullable)
        throw new RowsError(`Line ${first.line}: the header lacks the column ${feature.name}.`);
  const classNames = new Set(classes.map(({ name }) => name));
  const body = hasHeader ? others : records;
  const rows = body.map(({ line, cells }) => {
    // a row as in the training file ends with its class
    const labelled = !hasHeader && cells.length === features.length + 1 && classNames.has(cells.at(-1) ?? '');
    const wanted = hasHeader ? names.length : features.length;
    if (cells.length !== wanted && !labelled)
      throw new RowsError(
        `Line ${line} has ${values(cells.length)}; ${hasHeader ? `the header has ${wanted} columns` : `the model has ${wanted} features`}.`,
      );
    return features.map((feature, i) => {
      const at = hasHeader ? (places[i] as number) : i;
      return cell(
        cells[at] ?? '',
        feature,
        `Line ${line}, column ${first.cells[hasHeader ? at : -1] ?? feature.name}`,
        commas,
      );
    });
  });
  const known = new Set(places);
  const ignored = hasHeader ? first.cells.filter((_, i) => !known.has(i)) : [];
  return { rows, lines: body.map(({ line }) => line), ignored };
}

function cell(text: string, feature: FeatureCard, place: string, decimalCommas: boolean): FeatureValue {
  const value = readCell(text, feature, decimalCommas);
  if (value instanceof Error) throw new RowsError(`${place}: ${value.message}.`);
  return value;
}

/** How a header may write a feature: its name, its words, its whole header, its name with the unit. */
function namesOf({ name, header, unit }: FeatureCard): string[] {
  const all = [name, words(name), header ?? name, ...(unit ? [`${name} (${unit})`, `${words(name)}, ${unit}`] : [])];
  return all.map(plain);
}

const values = (n: number) => `${n} ${n === 1 ? 'value' : 'values'}`;
const plain = (name: string) => name.trim().toLowerCase();

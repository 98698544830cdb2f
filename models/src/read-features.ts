import { MAX_BATCH_ROWS } from '@coppice/contract';
import { HttpError } from '@coppice/serverkit';

type Features = { single: boolean; rows: number; values: Float64Array };
type FieldError = { pointer: string; detail: string };

const known = new Set(['features', 'instances', 'user', 'preview']);

/**
 * Reads the body of `POST /predict`: `features`, one row as an array or as an object by name, or `instances`, up to
 * 1,024 of them. `user` and `preview` mean something to the gateway only. Throws `HttpError` 400 with JSON pointers.
 */
export function readFeatures(body: unknown, names: readonly string[]): Features {
  if (!isObject(body)) throw bad('The body must be a JSON object with features or instances.');
  const unknown = Object.keys(body).filter((key) => !known.has(key));
  if (unknown.length > 0) throw invalid(unknown.map((key) => at(`/${pointerPart(key)}`, 'is not a known field')));
  const single = Object.hasOwn(body, 'features');
  if (single === Object.hasOwn(body, 'instances')) throw bad('The body must have one of features and instances.');
  const given = single ? [body.features] : body.instances;
  if (!Array.isArray(given)) throw invalid([at('/instances', 'must be an array of rows')]);
  if (given.length < 1 || given.length > MAX_BATCH_ROWS)
    throw invalid([at('/instances', `has ${given.length} rows: 1 to ${MAX_BATCH_ROWS} are allowed`)]);
  const values = new Float64Array(given.length * names.length);
  given.forEach((row, index) => {
    const errors = readRow(row, names, values, index * names.length, single ? '/features' : `/instances/${index}`);
    if (errors.length > 0) throw invalid(errors);
  });
  return { single, rows: given.length, values };
}

function readRow(
  row: unknown,
  names: readonly string[],
  into: Float64Array,
  start: number,
  pointer: string,
): FieldError[] {
  if (Array.isArray(row)) {
    if (row.length !== names.length)
      return [
        at(pointer, `has ${row.length} values: ${names.length} are expected (${names.join(', ')})`.slice(0, 500)),
      ];
    return row.flatMap((value, index) => put(value, into, start + index, `${pointer}/${index}`));
  }
  if (!isObject(row)) return [at(pointer, 'must be an array of numbers, or an object of numbers by feature name')];
  const strangers = Object.keys(row).filter((key) => !names.includes(key));
  return [
    ...strangers.map((key) => at(`${pointer}/${pointerPart(key)}`, 'is not a feature of this model')),
    ...names.flatMap((name, index) => {
      const place = `${pointer}/${pointerPart(name)}`;
      return Object.hasOwn(row, name) ? put(row[name], into, start + index, place) : [at(place, 'is missing')];
    }),
  ].slice(0, 20);
}

function put(value: unknown, into: Float64Array, index: number, pointer: string): FieldError[] {
  // not only typeof: JSON.parse reads 1e999 as Infinity
  if (!Number.isFinite(value)) return [at(pointer, 'must be a finite number')];
  into[index] = value as number;
  return [];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A key as part of a JSON Pointer (RFC 6901), cut to a length that fits an answer. */
const pointerPart = (key: string) => key.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');

const at = (pointer: string, detail: string): FieldError => ({ pointer, detail });
const bad = (detail: string) => new HttpError(400, detail);
const invalid = (errors: FieldError[]) => {
  const shown = errors.slice(0, 20);
  return new HttpError(400, `${shown[0]?.pointer} ${shown[0]?.detail}.`, { errors: shown });
};

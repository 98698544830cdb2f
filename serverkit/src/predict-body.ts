import { type FeatureValue, MAX_BATCH_ROWS, MAX_REFERENCE } from '@coppice/contract';
import type { Request } from 'express';
import { parseJson } from './json/parse-json.ts';
import { readNumberRows } from './json/read-number-rows.ts';
import { HttpError } from './problem.ts';
import type { FeatureSpec, RowSchema } from './rows/row-schema.ts';
import { allowedValues, typedValue } from './rows/typed-value.ts';

/** A prediction request that fits the model. */
export type PredictBody = {
  /** Row after row, in the order of `columns`. */
  features: readonly FeatureValue[] | Float64Array;
  /** Names of the features: those of the schema that the body was read by. */
  columns: readonly string[];
  /** Names of the features that are missing in any of its rows. */
  missing: readonly string[];
  rows: number;
  /** Whether it came as `instances`, and gets an answer of that form. */
  batch: boolean;
  user: string | undefined;
  /** The client's own key for the request. */
  reference: string | undefined;
  /** A key of each row instead, as many as there are rows. */
  references: readonly string[] | undefined;
  preview: boolean;
};

type FieldError = { pointer: string; detail: string };
type Body = Record<string, unknown>;

/** More errors than this help no client. */
const MAX_ERRORS = 20;
const REFERENCE = `a string of 1 to ${MAX_REFERENCE} characters, none a control character`;
const NONE: readonly string[] = [];
const NO_OTHERS: Body = {};
/** Of rows of numbers, none of which may be missing: a set for each request would be in vain. */
const NONE_MISSING = new Set<string>();
const allowed = ['features', 'instances', 'user', 'reference', 'references', 'preview'];

/** Takes the body that `readJson` put at `req.body` off the request. Throws `HttpError` 400. */
export function takePredictBody(req: Request, schema: RowSchema): PredictBody {
  const body = parsePredictBody(req.body, schema);
  // so that a large body can be freed while the request waits
  req.body = undefined;
  return body;
}

/** The same from its bytes. Throws `JsonError` as well. */
export function readPredictBody(bytes: Buffer, schema: RowSchema): PredictBody {
  return (schema.numeric ? readNumbers(bytes, schema) : null) ?? parsePredictBody(parseJson(bytes), schema);
}

/** A batch of rows of numbers. Null for anything else, and for whatever is wrong. */
function readNumbers(bytes: Buffer, { names }: RowSchema): PredictBody | null {
  const read = readNumberRows(bytes, names.length, MAX_BATCH_ROWS);
  if (read === null) return null;
  const { values, rows, rest } = read;
  let others: Body = NO_OTHERS;
  if (rest !== null) {
    try {
      others = parseJson(rest) as Body;
    } catch {
      return null;
    }
    if ('features' in others || 'instances' in others) return null;
    const errors: FieldError[] = [];
    checkOthers(others, rows, errors);
    if (errors.length > 0) return null;
  }
  return predictBody(values, names, NONE, rows, true, others);
}

/**
 * Reads the body of `POST /predict`, by hand because it is on the path of every prediction; the published schema is
 * `predictRequest` of the contract, and a test keeps the two equal. Throws `HttpError` 400 that lists what is wrong where.
 */
export function parsePredictBody(body: unknown, schema: RowSchema): PredictBody {
  const { names } = schema;
  const errors: FieldError[] = [];
  if (!isObject(body))
    throw invalid([{ pointer: '', detail: `must be an object with features (${names.join(', ')})` }]);
  const batch = body.instances !== undefined;
  const missing = schema.numeric ? NONE_MISSING : new Set<string>();
  const typed: ReadRow = (value, at) => readTypedRow(value, schema, at, errors, missing);
  const read: ReadRow = schema.numeric ? (value, at) => readRow(value, names, at, errors, typed) : typed;
  const features = batch ? readInstances(body.instances, schema, read, errors) : read(body.features, '/features');
  if (batch && body.features !== undefined)
    errors.push({ pointer: '/features', detail: 'must not be given together with instances' });
  checkOthers(body, batch && Array.isArray(body.instances) ? body.instances.length : null, errors);
  if (errors.length > 0) throw invalid(errors);
  const rows = batch ? (body.instances as unknown[]).length : 1;
  return predictBody(features, names, missing.size > 0 ? [...missing] : NONE, rows, batch, body);
}

/** Puts what is wrong with the fields beside the rows into the errors. `rows`: how many instances there are, null without. */
function checkOthers(body: Body, rows: number | null, errors: FieldError[]): void {
  const { user, reference, references, preview } = body;
  if (user !== undefined && !(typeof user === 'string' && user.length >= 1 && user.length <= 256))
    errors.push({ pointer: '/user', detail: 'must be a string of 1 to 256 characters' });
  if (reference !== undefined && !isReference(reference))
    errors.push({ pointer: '/reference', detail: `must be ${REFERENCE}` });
  if (references !== undefined) checkReferences(body, rows, errors);
  if (preview !== undefined && typeof preview !== 'boolean')
    errors.push({ pointer: '/preview', detail: 'must be true or false' });
  for (const key in body)
    if (!allowed.includes(key) && errors.length < MAX_ERRORS)
      errors.push({ pointer: pointer(key), detail: `is not a known field; the fields are ${allowed.join(', ')}` });
}

function predictBody(
  features: PredictBody['features'],
  columns: readonly string[],
  missing: readonly string[],
  rows: number,
  batch: boolean,
  { user, reference, references, preview }: Body,
): PredictBody {
  return {
    features,
    columns,
    missing,
    rows,
    batch,
    user: user as string | undefined,
    reference: reference as string | undefined,
    references: references as string[] | undefined,
    preview: preview === true,
  };
}

/** The values of one row; what is wrong goes into the errors. */
type ReadRow = (value: unknown, at: string) => FeatureValue[];

function readInstances(
  value: unknown,
  { numeric, names }: RowSchema,
  read: ReadRow,
  errors: FieldError[],
): PredictBody['features'] {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_BATCH_ROWS) {
    errors.push({ pointer: '/instances', detail: `must be an array of 1 to ${MAX_BATCH_ROWS} rows` });
    return [];
  }
  const width = names.length;
  // numbers without an object for each, and without holes that are filled one by one
  const features = numeric ? new Float64Array(value.length * width) : new Array<FeatureValue>(value.length * width);
  for (let i = 0; i < value.length && errors.length < MAX_ERRORS; i++) {
    const row = read(value[i], `/instances/${i}`);
    for (let j = 0; j < row.length; j++) features[i * width + j] = row[j] as number;
  }
  return features;
}

function checkReferences({ references, reference }: Body, rows: number | null, errors: FieldError[]): void {
  if (reference !== undefined)
    errors.push({ pointer: '/references', detail: 'must not be given together with reference' });
  if (rows === null) errors.push({ pointer: '/references', detail: 'must only be given with instances' });
  else if (!Array.isArray(references) || references.length !== rows)
    errors.push({ pointer: '/references', detail: `must be an array of ${rows}, one for each of the instances` });
  else
    for (let i = 0; i < rows && errors.length < MAX_ERRORS; i++)
      if (!isReference(references[i])) errors.push({ pointer: `/references/${i}`, detail: `must be ${REFERENCE}` });
}

/** One row as numbers in model order, from an array or from an object by name: the usual case, and the fast one. */
function readRow(
  value: unknown,
  names: readonly string[],
  at: string,
  errors: FieldError[],
  typed: ReadRow,
): FeatureValue[] {
  if (Array.isArray(value)) {
    if (value.length !== names.length)
      errors.push({
        pointer: at,
        detail: `must hold ${names.length} numbers (${names.join(', ')}), not ${value.length}`,
      });
    else for (let i = 0; i < value.length; i++) if (!isNumber(value[i])) pushNotNumber(errors, `${at}/${i}`, names[i]);
    return value;
  }
  if (isObject(value)) {
    // a header, perhaps
    for (const key in value) if (!names.includes(key)) return typed(value, at);
    return names.map((name) => {
      const number = Object.hasOwn(value, name) ? value[name] : undefined;
      if (!isNumber(number)) pushNotNumber(errors, at + pointer(name), name);
      return number as number;
    });
  }
  errors.push({
    pointer: at,
    detail: `must be an array of ${names.length} numbers, or an object with the numbers ${names.join(', ')}`,
  });
  return [];
}

/** One row of any kinds of values, in the schema's order; a key that is left out is missing. */
function readTypedRow(
  value: unknown,
  { specs, names, arrayLengths }: RowSchema,
  at: string,
  errors: FieldError[],
  missing: Set<string>,
): FeatureValue[] {
  const take = (spec: FeatureSpec, given: unknown, where: string) => {
    const typed = typedValue(spec, given);
    if (typed === undefined && errors.length < MAX_ERRORS)
      errors.push({ pointer: where, detail: `must be ${allowedValues(spec)} (${spec.name})` });
    if (typed === null) missing.add(spec.name);
    return typed as FeatureValue;
  };
  if (Array.isArray(value)) {
    if (arrayLengths.includes(value.length)) return specs.map((spec, i) => take(spec, value[i], `${at}/${i}`));
    const lengths = arrayLengths.join(' or ');
    errors.push({ pointer: at, detail: `must hold ${lengths} values (${names.join(', ')}), not ${value.length}` });
    return [];
  }
  if (!isObject(value)) {
    errors.push({
      pointer: at,
      detail: `must be an array of ${arrayLengths.join(' or ')} values, or an object with the features ${names.join(', ')}`,
    });
    return [];
  }
  const keys = keysOf(specs);
  for (const key in value) {
    const spec = keys.get(key);
    if (errors.length >= MAX_ERRORS) break;
    if (!spec)
      errors.push({ pointer: at + pointer(key), detail: `is not a feature; the features are ${names.join(', ')}` });
    else if (key !== spec.name && Object.hasOwn(value, spec.name))
      errors.push({ pointer: at + pointer(key), detail: `must not be given together with ${spec.name}, its name` });
  }
  return specs.map((spec) => {
    const key = spec.header !== undefined && Object.hasOwn(value, spec.header) ? spec.header : spec.name;
    return take(spec, Object.hasOwn(value, key) ? value[key] : undefined, at + pointer(key));
  });
}

const knownKeys = new WeakMap<readonly FeatureSpec[], Map<string, FeatureSpec>>();

/** The features by each key that means them: a name before a header. */
function keysOf(specs: readonly FeatureSpec[]): Map<string, FeatureSpec> {
  return knownKeys.getOrInsertComputed(specs, () => {
    const keys = new Map<string, FeatureSpec>();
    for (const spec of specs) if (spec.header !== undefined) keys.set(spec.header, spec);
    for (const spec of specs) keys.set(spec.name, spec);
    return keys;
  });
}

function pushNotNumber(errors: FieldError[], at: string, name: string | undefined): void {
  if (errors.length < MAX_ERRORS) errors.push({ pointer: at, detail: `must be a finite number (${name})` });
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isReference = (value: unknown) =>
  typeof value === 'string' && value.length >= 1 && value.length <= MAX_REFERENCE && !/\p{Cc}/u.test(value);
const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** JSON Pointer of a member (RFC 6901); long names are cut. */
const pointer = (key: string) => `/${key.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`;

function invalid(errors: FieldError[]): HttpError {
  const [first] = errors;
  const detail = `${first?.pointer ? first.pointer.slice(1) : 'The body'} ${first?.detail}.`;
  return new HttpError(400, errors.length > 1 ? `${detail} (${errors.length} errors)` : detail, { errors });
}

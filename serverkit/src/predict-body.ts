import { MAX_BATCH_ROWS, MAX_REFERENCE } from '@coppice/contract';
import type { Request } from 'express';
import { HttpError } from './problem.ts';

/** A prediction request that fits the model. */
export type PredictBody = {
  /** Row after row, in the model card's feature order. */
  features: number[];
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
const allowed = ['features', 'instances', 'user', 'reference', 'references', 'preview'];

/** Takes the body that `readJson` put at `req.body` off the request. Throws `HttpError` 400. */
export function takePredictBody(req: Request, names: readonly string[]): PredictBody {
  const body = parsePredictBody(req.body, names);
  // so that a large body can be freed while the request waits
  req.body = undefined;
  return body;
}

/**
 * Reads the body of `POST /predict`, by hand because it is on the path of every prediction; the published schema is
 * `predictRequest` of the contract, and a test keeps the two equal. Throws `HttpError` 400 that lists what is wrong where.
 */
export function parsePredictBody(body: unknown, names: readonly string[]): PredictBody {
  const errors: FieldError[] = [];
  if (!isObject(body))
    throw invalid([{ pointer: '', detail: `must be an object with features (${names.join(', ')})` }]);
  const batch = body.instances !== undefined;
  const features = batch
    ? readInstances(body.instances, names, errors)
    : readRow(body.features, names, '/features', errors);
  if (batch && body.features !== undefined)
    errors.push({ pointer: '/features', detail: 'must not be given together with instances' });
  const { user, reference, references, preview } = body;
  if (user !== undefined && !(typeof user === 'string' && user.length >= 1 && user.length <= 256))
    errors.push({ pointer: '/user', detail: 'must be a string of 1 to 256 characters' });
  if (reference !== undefined && !isReference(reference))
    errors.push({ pointer: '/reference', detail: `must be ${REFERENCE}` });
  if (references !== undefined) checkReferences(body, errors);
  if (preview !== undefined && typeof preview !== 'boolean')
    errors.push({ pointer: '/preview', detail: 'must be true or false' });
  for (const key in body)
    if (!allowed.includes(key) && errors.length < MAX_ERRORS)
      errors.push({ pointer: pointer(key), detail: `is not a known field; the fields are ${allowed.join(', ')}` });

  if (errors.length > 0) throw invalid(errors);
  return {
    features: features as number[],
    rows: batch ? (body.instances as unknown[]).length : 1,
    batch,
    user: user as string | undefined,
    reference: reference as string | undefined,
    references: references as string[] | undefined,
    preview: preview === true,
  };
}

function readInstances(value: unknown, names: readonly string[], errors: FieldError[]): number[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_BATCH_ROWS) {
    errors.push({ pointer: '/instances', detail: `must be an array of 1 to ${MAX_BATCH_ROWS} rows` });
    return [];
  }
  const features: number[] = [];
  for (let i = 0; i < value.length && errors.length < MAX_ERRORS; i++) {
    const row = readRow(value[i], names, `/instances/${i}`, errors);
    for (let j = 0; j < row.length; j++) features.push(row[j] as number);
  }
  return features;
}

function checkReferences({ instances, references, reference }: Body, errors: FieldError[]): void {
  const rows = Array.isArray(instances) ? instances.length : null;
  if (reference !== undefined)
    errors.push({ pointer: '/references', detail: 'must not be given together with reference' });
  if (rows === null) errors.push({ pointer: '/references', detail: 'must only be given with instances' });
  else if (!Array.isArray(references) || references.length !== rows)
    errors.push({ pointer: '/references', detail: `must be an array of ${rows}, one for each of the instances` });
  else
    for (let i = 0; i < rows && errors.length < MAX_ERRORS; i++)
      if (!isReference(references[i])) errors.push({ pointer: `/references/${i}`, detail: `must be ${REFERENCE}` });
}

/** One row as numbers in model order, from an array or from an object by name. */
function readRow(value: unknown, names: readonly string[], at: string, errors: FieldError[]): number[] {
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
    for (const key in value)
      if (!names.includes(key) && errors.length < MAX_ERRORS)
        errors.push({ pointer: at + pointer(key), detail: `is not a feature; the features are ${names.join(', ')}` });
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

import { bodyLimits, type FeedbackAnswer, type FeedbackRequest, feedbackBatch, feedbackItem } from '@coppice/contract';
import { HttpError, parseInput, readJson } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { PredictionRecord } from '../record/record.ts';
import { UnmatchedFeedbackError } from '../storage/port/errors.ts';
import type { FeedbackItem, FeedbackOutcome, Unmatched } from '../storage/port/feedback.ts';
import type { Schema } from '../storage/port/record-store.ts';
import { notWrittenYet } from './not-written-yet.ts';

const ERRORS_SHOWN = 20;

type Deps = {
  record: Pick<PredictionRecord, 'addFeedback' | 'addMatchingFeedback' | 'mayFollow'>;
  schema(): Schema;
  feedbackReceived(outcome: FeedbackOutcome): void;
  /** Middleware that runs before it: rate limit, API keys. */
  client?: readonly RequestHandler[];
};

type Batch = Extract<FeedbackRequest, { feedback: unknown }>;
type Given = Batch['feedback'][number];
type Refused = NonNullable<FeedbackAnswer['unmatched']>[number];

/**
 * `POST /feedback`: what came of predictions, one or a batch, all or nothing unless it is `partial`; later feedback
 * replaces earlier.
 */
export function feedbackRoutes({ record, schema, feedbackReceived, client = [] }: Deps): Router {
  const router = Router();

  router.post('/feedback', ...client, readJson({ limit: bodyLimits['/feedback'] }), async (req, res) => {
    // not by the union of both: an item may lack any field, and a wrong batch would be taken for a wrong item
    const request: FeedbackRequest = isBatch(req.body)
      ? parseInput(feedbackBatch, req.body)
      : parseInput(feedbackItem, req.body);
    const kept =
      'feedback' in request && request.partial
        ? await keepMatching(request.feedback)
        : { outcomes: await keepAll(request) };
    for (const outcome of kept.outcomes) feedbackReceived(outcome);
    const { outcomes, ...rest } = kept;
    const answer: FeedbackAnswer = { feedback: outcomes.map(toAnswer), ...rest };
    res.json(answer);
  });

  async function keepAll(request: FeedbackRequest): Promise<FeedbackOutcome[]> {
    const given = 'feedback' in request ? request.feedback : [request];
    const at = (index: number) => ('feedback' in request ? `/feedback/${index}` : '');
    const { items, wrong } = nameClasses(given, schema());
    const errors = wrong.map(({ index, detail }) => ({ pointer: `${at(index)}/actual`, detail }));
    const [first] = errors;
    if (first)
      throw new HttpError(400, `${first.pointer} of the body ${first.detail}.`, {
        errors: errors.slice(0, ERRORS_SHOWN),
      });
    try {
      return await record.addFeedback(items);
    } catch (error) {
      if (!(error instanceof UnmatchedFeedbackError)) throw error;
      throw unmatchedProblem(error, items, at);
    }
  }

  async function keepMatching(given: readonly Given[]) {
    const { items, wrong, indexes } = nameClasses(given, schema());
    const { outcomes, unmatched } = await record.addMatchingFeedback(items);
    const refused = unmatched.map((one): Refused => {
      const item = items[one.index] as FeedbackItem;
      const why = isYoung(item) ? 'not written yet' : one.why;
      return { index: indexes[one.index] as number, why, detail: describe(one, item) };
    });
    return { outcomes, unmatched: [...wrong, ...refused].sort((a, b) => a.index - b.index) };
  }

  function unmatchedProblem(cause: UnmatchedFeedbackError, items: readonly FeedbackItem[], at: (i: number) => string) {
    const { unmatched } = cause;
    const young = unmatched.map(({ index }) => items[index] as FeedbackItem).find(isYoung);
    if (young?.prediction_id !== undefined) return notWrittenYet(young.prediction_id);
    const errors = unmatched.map((one) => {
      const item = items[one.index] as FeedbackItem;
      const field = item.reference === undefined ? 'prediction_id' : 'reference';
      return { pointer: `${at(one.index)}/${field}`, detail: describe(one, item) };
    });
    const [{ pointer, detail }] = errors as [(typeof errors)[number]];
    const status = unmatched.some(({ why }) => why === 'unknown') ? 404 : 409;
    const summary =
      errors.length === 1
        ? `${pointer} of the body ${detail}.`
        : `${errors.length} items match no prediction; no feedback was recorded.`;
    return new HttpError(status, summary, { errors: errors.slice(0, ERRORS_SHOWN), cause });
  }

  const isYoung = ({ prediction_id }: FeedbackItem) =>
    prediction_id !== undefined && record.mayFollow(prediction_id, Date.now());

  return router;
}

const isBatch = (body: unknown) => typeof body === 'object' && body !== null && 'feedback' in body;

function toAnswer({ prediction_id, version, correct, effect, outcomeEffect }: FeedbackOutcome) {
  return {
    ...{ prediction_id, model_version: version, correct },
    replaced: effect === 'changed' || outcomeEffect === 'changed',
    ...{ counted: effect, counted_outcome: outcomeEffect },
  };
}

/** Continues "/reference of the body …". */
function describe(unmatched: Unmatched, { prediction_id, reference }: FeedbackItem): string {
  if (unmatched.why === 'unknown')
    return `names no answered prediction that the record has: ${prediction_id ?? reference}`;
  const { ids } = unmatched;
  return `is the key of several predictions of one day: name the one that is meant by prediction_id (${ids.join(', ')})`;
}

/** The items with each class by its name, and those with a class that the model does not have. */
function nameClasses(given: readonly Given[], schema: Schema) {
  const items: FeedbackItem[] = [];
  const indexes: number[] = [];
  const wrong: Refused[] = [];
  for (const [index, { actual, ...item }] of given.entries()) {
    const name = actual === undefined ? undefined : findClass(actual, classesOf(schema));
    if (actual !== undefined && name === undefined) {
      wrong.push({ index, why: 'class', detail: `must be one of ${classesOf(schema).join(', ')}` });
      continue;
    }
    items.push(defined({ ...item, actual: name }));
    indexes.push(index);
  }
  return { items, indexes, wrong };
}

function classesOf(schema: Schema): readonly string[] {
  if (schema) return schema.classes;
  throw new HttpError(503, 'No version has been ready yet: the classes are unknown.', {
    headers: { 'Retry-After': '1' },
  });
}

/** The class of a name, or of a number where the name is that number, as labels in a table often are. */
function findClass(actual: string | number, classes: readonly string[]): string | undefined {
  if (typeof actual === 'string') return classes.includes(actual) ? actual : undefined;
  return classes.find((name) => name.trim() !== '' && Number(name) === actual);
}

const defined = (item: { [K in keyof FeedbackItem]: FeedbackItem[K] | undefined }): FeedbackItem =>
  Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));

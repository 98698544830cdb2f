import { bodyLimits, type FeedbackAnswer, type FeedbackRequest, feedbackRequest } from '@coppice/contract';
import { HttpError, parseInput, readJson } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { PredictionRecord } from '../record/record.ts';
import { UnknownPredictionError } from '../storage/port/errors.ts';
import type { FeedbackItem, FeedbackOutcome, Schema } from '../storage/port/record-store.ts';
import { notWrittenYet } from './not-written-yet.ts';

const ERRORS_SHOWN = 20;

type Deps = {
  record: Pick<PredictionRecord, 'addFeedback' | 'mayFollow'>;
  schema(): Schema;
  feedbackReceived(outcome: FeedbackOutcome): void;
  /** Middleware that runs before it: rate limit, API keys. */
  client?: readonly RequestHandler[];
};

/** `POST /feedback`: the actual classes of predictions, one or a batch, all or nothing; later feedback replaces earlier. */
export function feedbackRoutes({ record, schema, feedbackReceived, client = [] }: Deps): Router {
  const router = Router();

  router.post('/feedback', ...client, readJson({ limit: bodyLimits['/feedback'] }), async (req, res) => {
    const request = parseInput(feedbackRequest, req.body);
    const given = 'feedback' in request ? request.feedback : [request];
    const pointer = (i: number, field: keyof FeedbackItem) =>
      'feedback' in request ? `/feedback/${i}/${field}` : `/${field}`;
    const items = nameClasses(given, schema(), (i) => pointer(i, 'actual'));
    const outcomes = await addFeedback(items, (i) => pointer(i, 'prediction_id'));
    for (const outcome of outcomes) feedbackReceived(outcome);
    const answer: FeedbackAnswer = {
      feedback: outcomes.map(({ prediction_id, version, correct, effect }) => ({
        prediction_id,
        model_version: version,
        correct,
        replaced: effect === 'changed',
        counted: effect,
      })),
    };
    res.json(answer);
  });

  async function addFeedback(items: readonly FeedbackItem[], pointer: (i: number) => string) {
    try {
      return await record.addFeedback(items);
    } catch (error) {
      if (!(error instanceof UnknownPredictionError)) throw error;
      const young = error.ids.find((id) => record.mayFollow(id, Date.now()));
      if (young !== undefined) throw notWrittenYet(young);
      const unknown = new Set(error.ids);
      const errors = items.flatMap(({ prediction_id }, i) =>
        unknown.has(prediction_id) ? [{ pointer: pointer(i), detail: `is not in the record: ${prediction_id}` }] : [],
      );
      const detail =
        errors.length === 1
          ? `The record has no answered prediction ${error.ids[0]}.`
          : `${errors.length} predictions are not in the record; no feedback was recorded.`;
      throw new HttpError(404, detail, { errors: errors.slice(0, ERRORS_SHOWN), cause: error });
    }
  }

  return router;
}

/** The feedback with each class by its name. Throws 400 for unknown ones. */
function nameClasses(given: readonly Given[], schema: Schema, pointer: (i: number) => string): FeedbackItem[] {
  if (!schema)
    throw new HttpError(503, 'No version has been ready yet: the classes are unknown.', {
      headers: { 'Retry-After': '1' },
    });
  const { classes } = schema;
  const items: FeedbackItem[] = [];
  const errors: { pointer: string; detail: string }[] = [];
  for (const [i, { prediction_id, actual }] of given.entries()) {
    const name = findClass(actual, classes);
    if (name === undefined) errors.push({ pointer: pointer(i), detail: `must be one of ${classes.join(', ')}` });
    else items.push({ prediction_id, actual: name });
  }
  const [first] = errors;
  if (first)
    throw new HttpError(400, `${first.pointer} of the body ${first.detail}.`, {
      errors: errors.slice(0, ERRORS_SHOWN),
    });
  return items;
}

type Given = Extract<FeedbackRequest, { prediction_id: string }>;

/** The class of a name, or of a number where the name is that number, as labels in a table often are. */
function findClass(actual: string | number, classes: readonly string[]): string | undefined {
  if (typeof actual === 'string') return classes.includes(actual) ? actual : undefined;
  return classes.find((name) => name.trim() !== '' && Number(name) === actual);
}

import { bodyLimits, type FeedbackAnswer, feedbackRequest } from '@coppice/contract';
import { HttpError, parseInput, readJson } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { PredictionRecord } from '../record/record.ts';
import { UnknownPredictionError } from '../storage/port/errors.ts';
import type { FeedbackItem, FeedbackOutcome, Schema } from '../storage/port/record-store.ts';

const ERRORS_SHOWN = 20;

type Deps = {
  record: Pick<PredictionRecord, 'addFeedback'>;
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
    const items = 'feedback' in request ? request.feedback : [request];
    const pointer = (i: number, field: keyof FeedbackItem) =>
      'feedback' in request ? `/feedback/${i}/${field}` : `/${field}`;
    refuseUnknownClasses(items, schema(), (i) => pointer(i, 'actual'));
    const outcomes = await addFeedback(items, (i) => pointer(i, 'prediction_id'));
    for (const outcome of outcomes) feedbackReceived(outcome);
    const answer: FeedbackAnswer = {
      feedback: outcomes.map(({ prediction_id, version, correct, previous }) => ({
        prediction_id,
        model_version: version,
        correct,
        replaced: previous !== null,
      })),
    };
    res.json(answer);
  });

  async function addFeedback(items: readonly FeedbackItem[], pointer: (i: number) => string) {
    try {
      return await record.addFeedback(items);
    } catch (error) {
      if (!(error instanceof UnknownPredictionError)) throw error;
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

function refuseUnknownClasses(items: readonly FeedbackItem[], schema: Schema, pointer: (i: number) => string): void {
  if (!schema)
    throw new HttpError(503, 'No version has been ready yet: the classes are unknown.', {
      headers: { 'Retry-After': '1' },
    });
  const { classes } = schema;
  const errors = items.flatMap(({ actual }, i) =>
    classes.includes(actual) ? [] : [{ pointer: pointer(i), detail: `must be one of ${classes.join(', ')}` }],
  );
  const [first] = errors;
  if (first)
    throw new HttpError(400, `${first.pointer} of the body ${first.detail}.`, {
      errors: errors.slice(0, ERRORS_SHOWN),
    });
}

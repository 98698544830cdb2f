import { forgetQuery } from '@coppice/contract';
import { z } from 'zod';
import { historyQuery } from '../queries/history-query.ts';
import { performanceQuery } from '../queries/performance-query.ts';
import { timelineQuery } from '../queries/timeline-query.ts';
import { admin, client, json, jsonBody, type Paths, pathParameter, responses } from './operation.ts';
import { queryParameters, schemaRef } from './schemas.ts';

const id = '0198c5b2-7c00-7000-8000-000000000000';

/** The record of predictions, and the reports computed from it. */
export const recordPaths: Paths = {
  '/predictions': {
    get: {
      ...{ operationId: 'listPredictions', tags: ['record'], security: client },
      summary: 'History of predictions',
      description:
        'Newest first, as pages of JSON, or every match as one file of CSV or NDJSON (one `HistoryRow` a line).',
      parameters: queryParameters(historyQuery, { version: 'v2', since: '24h', limit: 100 }),
      responses: responses(
        {
          200: {
            description: 'A page, or every match as CSV or NDJSON.',
            content: {
              'application/json': { schema: schemaRef('HistoryPage') },
              'text/csv': { schema: { type: 'string' } },
              'application/x-ndjson': { schema: { type: 'string' } },
            },
          },
        },
        ...([400, 401, 429, 503] as const),
      ),
    },
    delete: {
      ...{ operationId: 'forgetUser', tags: ['record'], security: admin },
      summary: "Remove a person's predictions",
      description:
        'All recorded predictions of requests with this sticky key, with their feedback. What was counted of them stays. The audit has their number and the hash of the key. After a 503, send it again: some may be gone.',
      parameters: queryParameters(forgetQuery, { user: 'customer-4711', reason: 'asked to be forgotten' }),
      responses: responses({ 200: json('They are gone.', 'ForgetAnswer') }, 400, 401, 503),
    },
  },
  '/predictions/{id}': {
    get: {
      ...{ operationId: 'getPrediction', tags: ['record'], security: client },
      summary: 'One recorded prediction',
      parameters: [pathParameter('id', 'Its `prediction_id`.', id)],
      responses: responses({ 200: json('The prediction.', 'HistoryRow') }, 400, 401, 404, 429, 503),
    },
  },
  '/feedback': {
    post: {
      ...{ operationId: 'giveFeedback', tags: ['record'], security: client },
      summary: 'Send what came of predictions',
      description:
        'Feedback to one prediction, or to at most 1,000: `actual` (its class), `outcome` (a number) or both; what an item leaves out stays as it is. All or nothing, unless the batch is `partial`. Later feedback replaces earlier.',
      requestBody: jsonBody('FeedbackRequest', {
        one: { summary: 'One prediction', value: { prediction_id: id, actual: 'setosa' } },
        reference: {
          summary: "By the client's own key, with a number",
          value: { reference: 'order-4711', actual: 'setosa', outcome: 12.5 },
        },
        batch: { summary: 'A batch', value: { feedback: [{ prediction_id: id, actual: 'setosa' }] } },
        partial: {
          summary: 'What matches of a batch',
          value: { partial: true, feedback: [{ reference: 'order-4711', outcome: 0 }] },
        },
      }),
      responses: responses(
        { 200: json('The recorded feedback.', 'FeedbackAnswer') },
        400,
        401,
        404,
        409,
        413,
        415,
        429,
        503,
      ),
    },
  },
  '/performance': {
    get: {
      ...{ operationId: 'getPerformance', tags: ['record'], security: client },
      summary: 'Answers and accuracy of each version over a period',
      parameters: queryParameters(performanceQuery, { since: '24h' }),
      responses: responses({ 200: json('Per version.', 'PerformanceReport') }, 400, 401, 429, 503),
    },
  },
  '/timeline': {
    get: {
      ...{ operationId: 'getTimeline', tags: ['record'], security: client },
      summary: 'Requests, errors, latency and feedback of each version over time',
      description: 'From the record, by the minute, hour or day, with the changes of weights, shadow and models.',
      parameters: queryParameters(timelineQuery, { since: '6h', step: 'minute' }),
      responses: responses({ 200: json('Per version and step.', 'TimelineReport') }, 400, 401, 429, 503),
    },
  },
  '/drift': {
    get: {
      ...{ operationId: 'getDrift', tags: ['record'], security: client },
      summary: 'How far recent predictions are from the training data',
      responses: responses({ 200: json('The report.', 'DriftReport') }, 401, 429, 503),
    },
  },
  '/split': {
    get: {
      ...{ operationId: 'getSplit', tags: ['record'], security: client },
      summary: 'How requests were assigned since the present weights came in force, against those weights',
      responses: responses({ 200: json('The report.', 'SplitReport') }, 401, 429),
    },
  },
  '/shadow': {
    get: {
      ...{ operationId: 'getShadow', tags: ['record'], security: client },
      summary: "How the shadow version's answers compare with the live ones",
      responses: responses({ 200: json('The report.', 'ShadowReport') }, 401, 429),
    },
  },
  '/model-info': {
    get: {
      ...{ operationId: 'getModelInfo', tags: ['versions'], security: client },
      summary: 'Model card of a version, or of all together',
      parameters: queryParameters(
        z.object({ version: z.string().optional().describe('Default: all of them; their union if features differ.') }),
        {
          version: 'v2',
        },
      ),
      responses: responses({ 200: json('The card.', 'ModelCard') }, 400, 401, 404, 429, 503),
    },
  },
};

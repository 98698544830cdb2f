import { z } from 'zod';
import { historyQuery } from '../queries/history-query.ts';
import { performanceQuery } from '../queries/performance-query.ts';
import { client, json, jsonBody, open, type Paths, pathParameter, responses } from './operation.ts';
import { queryParameters, schemaRef } from './schemas.ts';

const id = '0198c5b2-7c00-7000-8000-000000000000';

/** What was predicted, how well, and on what data. */
export const recordPaths: Paths = {
  '/predictions': {
    get: {
      ...{ operationId: 'listPredictions', tags: ['record'], security: client },
      summary: 'History of predictions',
      description: 'Newest first, in pages of JSON; as CSV all that matches.',
      parameters: queryParameters(historyQuery, { version: 'v2', since: '24h', limit: 100 }),
      responses: responses(
        {
          200: {
            description: 'A page, or all that matches as CSV.',
            content: {
              'application/json': { schema: schemaRef('HistoryPage') },
              'text/csv': { schema: { type: 'string' } },
            },
          },
        },
        ...([400, 401, 429, 503] as const),
      ),
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
      summary: 'Tell what predictions turned out to be',
      description: 'One, or a batch of at most 1,000, all or nothing. Later feedback replaces earlier.',
      requestBody: jsonBody('FeedbackRequest', {
        one: { summary: 'One prediction', value: { prediction_id: id, actual: 'setosa' } },
        batch: { summary: 'A batch', value: { feedback: [{ prediction_id: id, actual: 'setosa' }] } },
      }),
      responses: responses({ 200: json('What was kept.', 'FeedbackAnswer') }, 400, 401, 404, 413, 429, 503),
    },
  },
  '/performance': {
    get: {
      ...{ operationId: 'getPerformance', tags: ['record'], security: open },
      summary: 'What each version did over a period',
      parameters: queryParameters(performanceQuery, { since: '24h' }),
      responses: responses({ 200: json('Per version.', 'PerformanceReport') }, 400, 503),
    },
  },
  '/drift': {
    get: {
      ...{ operationId: 'getDrift', tags: ['record'], security: open },
      summary: 'How far recent predictions are from the training data',
      responses: responses({ 200: json('The report.', 'DriftReport') }, 503),
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
      ...{ operationId: 'getModelInfo', tags: ['versions'], security: open },
      summary: 'Model card of a version',
      parameters: queryParameters(z.object({ version: z.string().optional().describe('The first one unless told.') }), {
        version: 'v2',
      }),
      responses: responses({ 200: json('The card.', 'ModelCard') }, 400, 404, 503),
    },
  },
};

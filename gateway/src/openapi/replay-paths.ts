import { admin, client, json, jsonBody, type Paths, pathParameter, responses } from './operation.ts';

const parameters = [pathParameter('id', 'Its `id`.', '0198c5b2-7c00-7000-8000-000000000000')];

/** Recorded rows through a version that has no traffic. */
export const replayPaths: Paths = {
  '/replay': {
    post: {
      ...{ operationId: 'startReplay', tags: ['record'], security: admin },
      summary: 'Run recorded rows through a version',
      description:
        'The version needs no weight, and must be ready. Rows go newest first, at bounded speed, and are neither recorded nor counted. One replay at a time (409).',
      requestBody: jsonBody('ReplayStart', {
        week: { summary: 'A week', value: { version: 'v2', since: '7d', reason: 'before its rollout' } },
      }),
      responses: responses({ 202: json('It runs.', 'ReplayView') }, 400, 401, 409, 413, 415, 503),
    },
    get: {
      ...{ operationId: 'listReplays', tags: ['record'], security: client },
      summary: 'The last 50 replays',
      responses: responses({ 200: json('Newest first, without their disagreements.', 'ReplayList') }, 401, 429, 503),
    },
  },
  '/replay/{id}': {
    get: {
      ...{ operationId: 'getReplay', tags: ['record'], security: client },
      summary: 'Progress or result of a replay',
      parameters,
      responses: responses({ 200: json('What came of it so far.', 'ReplayView') }, 401, 404, 429, 503),
    },
    delete: {
      ...{ operationId: 'cancelReplay', tags: ['record'], security: admin },
      summary: 'End a replay early',
      description: 'Its result so far is kept. On another gateway than the one that runs it, it ends within seconds.',
      parameters,
      responses: responses({ 200: json('The replay.', 'ReplayView') }, 401, 404, 409, 503),
    },
  },
};

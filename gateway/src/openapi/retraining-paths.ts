import { retrainingQuery } from '@coppice/contract';
import { client, json, type Paths, pathParameter, responses } from './operation.ts';
import { queryParameters } from './schemas.ts';

/** What the retrainer did. */
export const retrainingPaths: Paths = {
  '/retraining': {
    get: {
      ...{ operationId: 'getRetraining', tags: ['releases'], security: client },
      summary: 'The jobs of the retrainer',
      description:
        'As the registry has them, the newest first; none without a registry. While it is away, `trouble` says why and the rest is what was read last.',
      parameters: queryParameters(retrainingQuery, { limit: 20 }),
      responses: responses({ 200: json('Jobs: cause, state, decision and release.', 'RetrainingView') }, 400, 401, 429),
    },
  },
  '/retraining/{id}': {
    get: {
      ...{ operationId: 'getRetrainJob', tags: ['releases'], security: client },
      summary: 'A job of the retrainer with its log',
      parameters: [pathParameter('id', 'Of the job.', '1')],
      responses: responses({ 200: json('The job.', 'RetrainJobView') }, ...([401, 404, 429, 503] as const)),
    },
  },
};

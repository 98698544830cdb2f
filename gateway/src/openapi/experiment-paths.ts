import { admin, client, json, jsonBody, type Paths, pathParameter, responses } from './operation.ts';

const name = pathParameter('name', 'Its name.', 'v2-accuracy');

/** Which version is better: of the weights in force, and of named experiments. */
export const experimentPaths: Paths = {
  '/comparison': {
    get: {
      ...{ operationId: 'getComparison', tags: ['experiments'], security: client },
      summary: 'The versions compared, since the weights and releases in force',
      description:
        'The first version with weight is the baseline. Intervals and verdicts hold however often one looks. Nothing is pooled over changes of weights.',
      responses: responses({ 200: json('The report.', 'ComparisonReport') }, 401, 429, 503),
    },
  },
  '/experiments': {
    get: {
      ...{ operationId: 'listExperiments', tags: ['experiments'], security: client },
      summary: 'Experiments, newest first, without their comparisons',
      responses: responses({ 200: json('Running and ended ones.', 'ExperimentList') }, 401, 429, 503),
    },
    post: {
      ...{ operationId: 'startExperiment', tags: ['experiments'], security: admin },
      summary: 'Start an experiment',
      description:
        'It compares the candidates with the baseline from now on, keeps weights as they are, and counts nothing of before. One runs at a time; a name is used once.',
      requestBody: jsonBody('ExperimentStart', {
        one: { summary: 'Is v2 more accurate?', value: { name: 'v2-accuracy', reason: 'v2 is trained on newer data' } },
      }),
      responses: responses({ 200: json('The running experiment.', 'ExperimentView') }, 400, 401, 409, 413, 415, 503),
    },
  },
  '/experiments/{name}': {
    get: {
      ...{ operationId: 'getExperiment', tags: ['experiments'], security: client },
      summary: 'One experiment: its comparison so far, or its result',
      parameters: [name],
      responses: responses({ 200: json('The experiment.', 'ExperimentView') }, 401, 404, 429, 503),
    },
  },
  '/experiments/{name}/stop': {
    post: {
      ...{ operationId: 'stopExperiment', tags: ['experiments'], security: admin },
      summary: 'End an experiment and keep its result',
      parameters: [name],
      requestBody: jsonBody('ExperimentStop', { one: { summary: 'It is decided', value: { reason: 'v2 is better' } } }),
      responses: responses({ 200: json('The ended experiment.', 'ExperimentView') }, 400, 401, 404, 409, 413, 415, 503),
    },
  },
};

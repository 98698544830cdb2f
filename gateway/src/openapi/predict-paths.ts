import {
  admin,
  answerHeaders,
  client,
  headerParameters,
  json,
  jsonBody,
  type Operation,
  open,
  type Paths,
  pathParameter,
  responses,
} from './operation.ts';
import { schemaRef } from './schemas.ts';

const row = { features: [5.1, 3.5, 1.4, 0.2] };

/** Predictions: our own endpoint, and the Open Inference Protocol. */
export const predictPaths: Paths = {
  '/predict': {
    post: {
      ...{ operationId: 'predict', tags: ['predict'], security: client },
      summary: 'Predict one row or a batch',
      description:
        'The first rule that applies chooses the version: X-Model-Version, the sticky key (`user`, else X-User-Id), chance in proportion to the weights.',
      parameters: headerParameters('predict'),
      requestBody: jsonBody('PredictRequest', {
        list: { summary: 'One row, values in feature order', value: row },
        named: {
          summary: 'One row by feature names',
          value: { features: { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 } },
        },
        batch: { summary: 'Several rows, one version', value: { instances: [row.features, [6.7, 3, 5.2, 2.3]] } },
        sticky: { summary: 'The same user keeps the same version', value: { ...row, user: 'user-17' } },
        preview: { summary: 'Answers only', value: { ...row, preview: true } },
      }),
      responses: responses(
        {
          200: {
            description: 'The answer of one version.',
            headers: answerHeaders('predict'),
            content: {
              'application/json': { schema: { oneOf: [schemaRef('Prediction'), schemaRef('PredictionBatch')] } },
            },
          },
        },
        ...([400, 401, 413, 415, 429, 502, 503, 504] as const),
      ),
    },
  },
  '/v2/health/live': {
    get: {
      ...{ operationId: 'inferenceLive', tags: ['open inference'], security: open },
      summary: 'The gateway is live',
      responses: responses({ 200: json('The gateway is live.', liveness()) }),
    },
  },
  '/v2/health/ready': {
    get: {
      ...{ operationId: 'inferenceReady', tags: ['open inference'], security: open },
      summary: 'A version with weight is ready',
      responses: responses({ 200: json('Ready.', liveness()), 503: json('Not ready.', liveness()) }),
    },
  },
  '/v2': { get: proxied('inferenceServer', 'Server metadata of a version') },
  '/v2/models/{model}': {
    get: proxied('inferenceModel', 'Model metadata of a version', [pathParameter('model', 'Model name.', 'iris')]),
  },
  '/v2/models/{model}/ready': {
    get: proxied('inferenceModelReady', 'A version is ready', [pathParameter('model', 'Model name.', 'iris')]),
  },
  '/v2/models/{model}/infer': { post: infer('infer', []) },
  '/v2/models/{model}/versions/{version}/infer': {
    post: infer('inferByVersion', [pathParameter('version', 'A version, as a pin.', 'v2')]),
  },
  '/models/{version}': { get: passedOn('versionRoot', admin) },
  '/models/{version}/model-info': { get: passedOn('versionModelInfo', client) },
  '/models/{version}/{path}': {
    get: passedOn('readVersion', admin, [
      pathParameter('path', 'Any path of that server, with slashes.', 'model-info'),
    ]),
    post: passedOn('callVersion', admin, [pathParameter('path', 'Any path of that server, with slashes.', 'predict')]),
  },
};

function liveness(): object {
  return {
    type: 'object',
    required: ['live', 'ready'],
    properties: { live: { type: 'boolean' }, ready: { type: 'boolean' } },
  };
}

function infer(operationId: string, parameters: object[]) {
  const tensors = { type: 'object', required: ['inputs'], properties: { inputs: { type: 'array', items: tensor() } } };
  const value = { inputs: [{ name: 'features', shape: [1, 4], datatype: 'FP64', data: row.features }] };
  return {
    ...proxied(operationId, 'Infer by the Open Inference Protocol', [
      pathParameter('model', 'Model name.', 'iris'),
      ...parameters,
    ]),
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: tensors, examples: { one: { summary: 'One row', value } } },
        'application/octet-stream': { schema: { description: 'Binary tensors after the JSON.' } },
      },
    },
  };
}

function tensor(): object {
  return {
    type: 'object',
    required: ['name', 'shape', 'datatype'],
    properties: {
      name: { type: 'string' },
      shape: { type: 'array', items: { type: 'integer' } },
      datatype: { type: 'string' },
      data: { type: 'array' },
    },
  };
}

function proxied(operationId: string, summary: string, parameters: object[] = []) {
  const error = { type: 'object', required: ['error'], properties: { error: { type: 'string' } } };
  return {
    ...{ operationId, tags: ['open inference'], security: client, summary },
    description:
      'Streamed to one version, assigned as for `POST /predict`. Errors are `{"error":"…"}`, as the protocol defines.',
    parameters: [...parameters, ...headerParameters('infer')],
    responses: {
      200: json('The answer of one version.', { type: 'object' }),
      '4XX': json('The request is invalid, or not allowed.', error),
      '5XX': json('No version could answer.', error),
    },
  };
}

function passedOn(operationId: string, security: Operation['security'], parameters: object[] = []) {
  return {
    ...{
      operationId,
      tags: ['versions'],
      security,
      summary: "One version's own server, passed through unchanged",
    },
    parameters: [pathParameter('version', 'A version.', 'v1'), ...parameters],
    responses: responses(
      { 200: { description: 'Its answer, unchanged.' }, '4XX': { description: 'Its refusal, unchanged.' } },
      ...([401, 404, 429, 502, 504] as const),
    ),
  };
}

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

const INFER = [
  'Answered, retried, counted and recorded as `POST /predict` is, by any version: each gets the rows in its own form.',
  'One numeric input of any name, `[n,F]`, or one per feature with its name, `[n]` or `[n,1]`: numeric or BOOL (a date is',
  'days since 1970-01-01; NaN, in JSON null, is missing) or BYTES (a category, a date, a boolean; empty is missing). JSON',
  'or binary tensors; at most 1,024 rows and 1 MB. Outputs are `label` (INT64 `[n]`) and `probability` (FP64 `[n,C]`); a',
  'request may name them as any of the versions does. A version without probabilities leaves them out, and gets a request',
  'that names them a 400.',
  'Errors are `{"error":"…"}`, as the protocol defines.',
].join(' ');

const binary = { type: 'string', format: 'binary', description: 'Binary tensors after the JSON.' };

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
              'application/json': { schema: schemaRef('PredictAnswer') },
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
      responses: responses({ 200: json('The gateway is live.', 'InferenceHealth') }),
    },
  },
  '/v2/health/ready': {
    get: {
      ...{ operationId: 'inferenceReady', tags: ['open inference'], security: open },
      summary: 'A version with weight is ready',
      responses: responses({ 200: json('Ready.', 'InferenceHealth'), 503: json('Not ready.', 'InferenceHealth') }),
    },
  },
  '/v2': { get: proxied('inferenceServer', 'Server metadata of a version') },
  '/v2/models/{model}': {
    get: proxied('inferenceModel', 'Model metadata: of a version, or of the union of their features', [
      pathParameter('model', 'Model name.', 'iris'),
    ]),
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
  '/models/{version}/report': { get: passedOn('versionReport', client) },
  '/models/{version}/report/{file}': {
    get: passedOn('versionReportFile', client, [pathParameter('file', 'A file of the report.', 'report.json')]),
  },
  '/models/{version}/{path}': {
    get: passedOn('readVersion', admin, [
      pathParameter('path', 'Any path of that server, with slashes.', 'model-info'),
    ]),
    post: passedOn('callVersion', admin, [pathParameter('path', 'Any path of that server, with slashes.', 'predict')]),
  },
};

function infer(operationId: string, parameters: object[]) {
  const value = { inputs: [{ name: 'features', shape: [1, 4], datatype: 'FP64', data: row.features }] };
  return {
    ...{ operationId, tags: ['open inference'], security: client, summary: 'Infer by the Open Inference Protocol' },
    description: INFER,
    parameters: [pathParameter('model', 'Model name.', 'iris'), ...parameters, ...headerParameters('infer')],
    responses: {
      200: {
        description: 'The answer of one version: JSON, or binary tensors after JSON when an output is requested so.',
        headers: answerHeaders('infer'),
        content: {
          'application/json': { schema: schemaRef('InferAnswer') },
          'application/octet-stream': { schema: binary },
        },
      },
      ...protocolErrors(),
    },
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: schemaRef('InferRequest'), examples: { one: { summary: 'One row', value } } },
        'application/octet-stream': { schema: binary },
      },
    },
  };
}

function proxied(operationId: string, summary: string, parameters: object[] = []) {
  return {
    ...{ operationId, tags: ['open inference'], security: client, summary },
    description:
      'Streamed to one version, assigned as for `POST /predict`. Errors are `{"error":"…"}`, as the protocol defines.',
    parameters: [...parameters, ...headerParameters('passed on')],
    responses: { 200: json('The answer of one version.', { type: 'object' }), ...protocolErrors() },
  };
}

function protocolErrors() {
  return {
    '4XX': json('The request is invalid, or not allowed.', 'InferenceError'),
    '5XX': json('No version could answer.', 'InferenceError'),
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

import gateway from '../../package.json' with { type: 'json' };
import { controlPaths } from './control-paths.ts';
import { experimentPaths } from './experiment-paths.ts';
import { predictPaths } from './predict-paths.ts';
import { problemResponses } from './problem-responses.ts';
import { recordPaths } from './record-paths.ts';
import { releasePaths } from './release-paths.ts';
import { replayPaths } from './replay-paths.ts';
import { retrainingPaths } from './retraining-paths.ts';
import { rolloutPaths } from './rollout-paths.ts';
import { componentSchemas } from './schemas.ts';

/** The OpenAPI 3.1 description of the gateway, the same whatever its settings. */
export function openapiDocument() {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Coppice gateway',
      version: gateway.version,
      summary: 'Splits live traffic between versions of a tabular model.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // relative to the document's own address: the gateway may lie below a prefix, such as the page's /api
    servers: [{ url: '.' }],
    tags: [
      { name: 'predict', description: 'Predictions.' },
      { name: 'open inference', description: 'The Open Inference Protocol V2, split by weight.' },
      { name: 'traffic', description: 'Weights and shadow: what is in force, and how to change it.' },
      {
        name: 'rollout',
        description: 'Raises the traffic of a candidate step by step, and takes it back when it does harm.',
      },
      { name: 'releases', description: 'The registry: promote a release, and take it back.' },
      { name: 'experiments', description: 'Which version is better, and is that certain.' },
      { name: 'record', description: 'Predictions, their feedback, and drift.' },
      { name: 'versions', description: 'The versions themselves.' },
      { name: 'operation', description: 'For operators of the gateway.' },
    ],
    paths: {
      ...predictPaths,
      ...controlPaths,
      ...rolloutPaths,
      ...experimentPaths,
      ...recordPaths,
      ...replayPaths,
      ...releasePaths,
      ...retrainingPaths,
    },
    components: {
      schemas: componentSchemas(),
      responses: problemResponses,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'The admin token: ADMIN_TOKEN, or the one that the gateway generated at its first start.',
        },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'One of API_KEYS, if that is set.' },
      },
    },
  };
}

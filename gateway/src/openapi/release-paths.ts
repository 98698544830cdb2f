import { releasesAuditQuery, releasesQuery } from '@coppice/contract';
import { admin, client, json, jsonBody, type Paths, pathParameter, responses } from './operation.ts';
import { queryParameters, type SchemaName } from './schemas.ts';

const change = (
  operationId: string,
  summary: string,
  description: string,
  [schema, example]: [SchemaName, { summary: string; value: object }],
) => ({
  post: {
    ...{ operationId, tags: ['releases'], security: admin, summary },
    description: `${description} With \`revision\` the gateway refuses the change (409) if another one came first.`,
    requestBody: jsonBody(schema, { example }),
    responses: responses(
      { 200: json('The registry after the change.', 'ReleasesView') },
      ...([400, 401, 409, 413, 415, 503] as const),
    ),
  },
});

/** The registry of releases, and what an operator does with them. */
export const releasePaths: Paths = {
  '/releases': {
    get: {
      ...{ operationId: 'getReleases', tags: ['releases'], security: client },
      summary: 'The registry, and what the versions serve of it',
      description:
        'Without a registry (`REGISTRY_URL`) `registry` is null and all else is empty. While it is away, `trouble` says why and the rest is what was read last.',
      parameters: queryParameters(releasesQuery, { limit: 20 }),
      responses: responses({ 200: json('Aliases, releases, and what is pending.', 'ReleasesView') }, 400, 401, 429),
    },
  },
  '/releases/{number}/report': {
    get: {
      ...{ operationId: 'getReleaseReport', tags: ['releases'], security: client },
      summary: "The page of a release's report",
      parameters: [pathParameter('number', 'Of the release.', '7')],
      responses: responses(
        { 200: { description: 'The page.', content: { 'text/html': { schema: { type: 'string' } } } } },
        ...([401, 404, 429, 503] as const),
      ),
    },
  },
  '/releases/{number}/report/{file}': {
    get: {
      ...{ operationId: 'getReleaseReportFile', tags: ['releases'], security: client },
      summary: "A file of a release's report",
      parameters: [
        pathParameter('number', 'Of the release.', '7'),
        pathParameter('file', 'A file of the report.', 'report.json'),
      ],
      responses: responses(
        { 200: { description: 'The file.', content: { 'application/json': {}, 'text/csv': {}, 'image/png': {} } } },
        ...([401, 404, 429, 503] as const),
      ),
    },
  },
  '/releases/alias': change(
    'moveAlias',
    'Make a release the challenger',
    'The version that follows the challenger serves it within seconds. The champion moves by promote and rollback only.',
    [
      'MoveAlias',
      { summary: 'The newest', value: { alias: 'challenger', release: 2, reason: 'trained on fresh data' } },
    ],
  ),
  '/releases/approve': change('approveRelease', 'Approve a release', 'Required before it is promoted.', [
    'JudgeRelease',
    { summary: 'It may', value: { release: 2, reason: 'the report is good' } },
  ]),
  '/releases/promote': change(
    'promoteRelease',
    'Make the challenger champion',
    'Moves the alias, waits until the first version serves it, and gives that version the weight of those that serve the same release. When that takes more than 10 seconds, the answer has it as `pending`, and it is finished later.',
    ['PromoteRelease', { summary: 'It is proven', value: { release: 2, reason: 'the rollout is done' } }],
  ),
  '/releases/rollback': change(
    'rollbackRelease',
    'Take the last promotion back',
    'Restores the champion of before and its weights, without any for the release that is taken out.',
    ['RollbackRelease', { summary: 'It does harm', value: { reason: 'wrong answers since noon' } }],
  ),
  '/releases/reject': change('rejectRelease', 'Reject a release', 'It cannot be promoted.', [
    'JudgeRelease',
    { summary: 'It may not', value: { release: 2, reason: 'wrong answers' } },
  ]),
  '/releases/audit': {
    get: {
      ...{ operationId: 'getReleasesAudit', tags: ['releases'], security: admin },
      summary: 'Who changed what of the releases, when and why',
      parameters: queryParameters(releasesAuditQuery, { limit: 20 }),
      responses: responses({ 200: json('Changes, newest first.', 'ReleasesAudit') }, 400, 401, 503),
    },
  },
};

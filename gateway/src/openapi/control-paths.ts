import { auditQuery } from '@coppice/contract';
import { admin, client, json, jsonBody, open, type Paths, responses } from './operation.ts';
import { queryParameters } from './schemas.ts';

const okStatus = { type: 'object', required: ['status'], properties: { status: { const: 'ok' } } };

/** Weights and shadow in force, how an operator changes them, and the gateway's own state. */
export const controlPaths: Paths = {
  '/config': {
    get: {
      ...{ operationId: 'getConfig', tags: ['traffic'], security: open },
      summary: 'Weights, shadow and versions in force',
      description: 'With `API_KEYS` set, `reason` is null for those without a key.',
      responses: responses({ 200: json('Weights, shadow and versions.', 'ConfigView') }),
    },
    patch: {
      ...{ operationId: 'changeConfig', tags: ['traffic'], security: admin },
      summary: 'Change weights or shadow',
      description:
        'Applies all or nothing, from the next request on. Give `weights` (every version named) or a `preset`, and/or `shadow`; with `revision` the gateway refuses the change (409) if another one came first.',
      requestBody: jsonBody('ConfigPatch', {
        canary: { summary: 'A canary', value: { weights: { v1: 90, v2: 10 }, reason: 'canary of v2' } },
        rollback: { summary: 'All to the baseline', value: { preset: 'rollback', reason: 'v2 gives wrong answers' } },
        shadow: { summary: 'Copy traffic to v2', value: { shadow: 'v2', reason: 'compare before the canary' } },
      }),
      responses: responses(
        { 200: json('Weights, shadow and versions after the change.', 'ConfigView') },
        400,
        401,
        409,
        413,
        415,
      ),
    },
  },
  '/events': {
    get: {
      ...{ operationId: 'getEvents', tags: ['operation'], security: client },
      summary: 'What changes, as it changes',
      description:
        'Server-sent events: `config` (a `ConfigView`), `usage` (counters since the start) and `stamps` (they differ when comparison, rollout or releases do) at once, then each when it differs; `beat` every second.',
      responses: responses(
        { 200: { description: 'A stream.', content: { 'text/event-stream': { schema: { type: 'string' } } } } },
        401,
        503,
      ),
    },
  },
  '/audit': {
    get: {
      ...{ operationId: 'getAudit', tags: ['traffic'], security: admin },
      summary: 'Who changed what, when and why',
      parameters: queryParameters(auditQuery, { limit: 20 }),
      responses: responses({ 200: json('Changes, newest first.', 'AuditPage') }, 400, 401, 503),
    },
  },
  '/openapi.json': {
    get: {
      ...{ operationId: 'getOpenapi', tags: ['operation'], security: open },
      summary: 'This description',
      responses: responses({ 200: json('OpenAPI 3.1.', { type: 'object' }) }),
    },
  },
  '/health': {
    get: {
      ...{ operationId: 'getHealth', tags: ['operation'], security: open },
      summary: 'The process is live',
      responses: responses({
        200: json('The process is live.', okStatus),
      }),
    },
  },
  '/ready': {
    get: {
      ...{ operationId: 'getReadiness', tags: ['operation'], security: open },
      summary: 'A version with weight is ready',
      description: 'With `API_KEYS` set, `reason` and `warnings` are empty for those without a key.',
      responses: responses({
        200: json('Ready, or degraded while a version is not available.', 'Readiness'),
        503: json('No version with weight is ready.', 'Readiness'),
      }),
    },
  },
  '/metrics': {
    get: {
      ...{ operationId: 'getMetrics', tags: ['operation'], security: client },
      summary: 'Metrics for Prometheus',
      responses: responses(
        { 200: { description: 'Prometheus text format.', content: { 'text/plain': { schema: { type: 'string' } } } } },
        ...([401, 429] as const),
      ),
    },
  },
  '/access': {
    get: {
      ...{ operationId: 'checkAccess', tags: ['operation'], security: client },
      summary: 'Whether this request may read',
      description: 'For proxies that ask before they forward, as nginx does with `auth_request`.',
      responses: responses({ 200: json('It may.', okStatus) }, 401, 429),
    },
  },
};

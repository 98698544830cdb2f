import { HttpError, toProblem } from '@coppice/serverkit';
import { schemaRef } from './schemas.ts';

const retryAfter = { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } };
const reason = '/reason';

/** Errors that operations share, each with a body as the gateway sends it. */
export const problemResponses = {
  BadRequest: answer(
    'The request is invalid; `errors` names the wrong fields by JSON Pointer.',
    new HttpError(400, `${reason} of the body is missing.`, { errors: [{ pointer: reason, detail: 'is missing' }] }),
  ),
  Unauthorized: answer('Requires an API key or the admin token.', new HttpError(401, 'Unknown API key.'), {
    'WWW-Authenticate': { description: 'The required scheme.', schema: { type: 'string' } },
  }),
  NotFound: answer('Not found.', new HttpError(404, 'The record has no prediction ….')),
  Conflict: answer(
    'Another change came first.',
    new HttpError(409, 'Revision 7 is outdated: revision 8 is current. Read GET /config and retry.', {
      errors: [{ pointer: '/revision', detail: 'the current revision is 8' }],
    }),
  ),
  TooLarge: answer('The body is too large.', new HttpError(413, 'The body is too large.')),
  UnsupportedMediaType: answer(
    'The body is not JSON.',
    new HttpError(415, 'Content-Type text/plain is not supported: must be application/json.'),
  ),
  TooManyRequests: answer(
    'More requests than `RATE_LIMIT` allows a client per minute, or too many wrong secrets.',
    new HttpError(429, 'More than 600 requests per minute. Try again in 12 s.'),
    retryAfter,
  ),
  BadGateway: answer(
    'The version failed.',
    new HttpError(502, "Version v2 failed: its server's answer is not a prediction."),
  ),
  Unavailable: answer('Temporarily unavailable.', new HttpError(503, 'No version with weight is ready.'), retryAfter),
  GatewayTimeout: answer(
    'The version was too slow.',
    new HttpError(504, 'Version v2 failed: its server did not answer in time.'),
  ),
};

function answer(description: string, error: HttpError, headers?: object): object {
  return {
    description,
    ...(headers ? { headers } : {}),
    content: { 'application/problem+json': { schema: schemaRef('Problem'), example: toProblem(error) } },
  };
}

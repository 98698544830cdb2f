import { HttpError, toProblem } from '@coppice/serverkit';
import { schemaRef } from './schemas.ts';

const retryAfter = { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } };
const reason = '/reason';

/** Errors that operations share, each with a body as it is really sent. */
export const problemResponses = {
  BadRequest: answer(
    'Something in the request is wrong; `errors` names it by JSON Pointer.',
    new HttpError(400, `${reason} of the body is missing.`, { errors: [{ pointer: reason, detail: 'is missing' }] }),
  ),
  Unauthorized: answer(
    'An API key or the admin token is asked for.',
    new HttpError(401, 'This API key is not known.'),
    {
      'WWW-Authenticate': { description: 'What is asked for.', schema: { type: 'string' } },
    },
  ),
  NotFound: answer('There is no such thing.', new HttpError(404, 'There is no prediction … in the record.')),
  Conflict: answer(
    'Another change came first.',
    new HttpError(409, 'Revision 7 is not the current one: that is 8. Read GET /config and decide again.', {
      errors: [{ pointer: '/revision', detail: 'the current revision is 8' }],
    }),
  ),
  TooLarge: answer('The body is too large.', new HttpError(413, 'The body is too large.')),
  UnsupportedMediaType: answer(
    'The body is not JSON.',
    new HttpError(415, 'The body must be JSON: send Content-Type: application/json.'),
  ),
  TooManyRequests: answer(
    'More requests than `RATE_LIMIT` allows a client in a minute.',
    new HttpError(429, 'More than 600 requests in a minute. Try again in 12 s.'),
    retryAfter,
  ),
  BadGateway: answer('The version failed.', new HttpError(502, 'Version v2 did not answer as it should.')),
  Unavailable: answer(
    'It cannot be done now.',
    new HttpError(503, 'No version that has traffic is ready.'),
    retryAfter,
  ),
  GatewayTimeout: answer('The version was too slow.', new HttpError(504, 'Version v2 did not answer in time.')),
};

function answer(description: string, error: HttpError, headers?: object): object {
  return {
    description,
    ...(headers ? { headers } : {}),
    content: { 'application/problem+json': { schema: schemaRef('Problem'), example: toProblem(error) } },
  };
}

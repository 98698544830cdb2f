import type { IncomingHttpHeaders } from 'node:http';
import type { Source } from '@coppice/contract';
import { HttpError, headerText } from '@coppice/serverkit';

/** The version that a request is pinned to. */
export function pinOf(headers: IncomingHttpHeaders): string | undefined {
  return headerText(headers['x-model-version']);
}

/** The sticky key of a request that has none in its body. Throws 400 above 256 characters. */
export function userOf(headers: IncomingHttpHeaders): string | undefined {
  const user = headerText(headers['x-user-id']);
  if (user !== undefined && user.length > 256) throw new HttpError(400, 'X-User-Id must have at most 256 characters.');
  return user;
}

/** Who asked. Clients cannot hide by it: all it does is to leave a row out of what is computed from the record. */
export function sourceOf(headers: IncomingHttpHeaders): Source {
  return headers['x-source'] === 'page' ? 'page' : 'api';
}

/** The request's own id if it is safe to echo: up to 128 visible characters without quotes, `\` and `<>`. */
export function requestIdOf(headers: IncomingHttpHeaders): string | undefined {
  const id = headerText(headers['x-request-id']);
  return id !== undefined && /^[\w.:/+=@-]{1,128}$/.test(id) ? id : undefined;
}

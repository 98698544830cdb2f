import type { IncomingHttpHeaders } from 'node:http';

/** Headers that a proxy stops, on requests, on answers, or on both. */
const stopped: readonly [name: RegExp, on: 'request' | 'answer' | 'both'][] = [
  // of one connection only (RFC 9110, 7.6.1); so are those that a Connection header names
  [/^(connection|keep-alive|proxy-(connection|authenticate|authorization)|te|trailer|upgrade)$/, 'both'],
  // a request keeps its own: the server behind would read a body without it as a second request
  [/^transfer-encoding$/, 'answer'],
  // this server has answered it
  [/^expect$/, 'request'],
  // credentials for this server
  [/^(authorization|x-api-key|cookie)$/, 'request'],
  // what a browser says of the page, which this server has judged; another method or path than it has judged
  [
    /^(origin|referer|sec-fetch-.+|x-http-method(-override)?|x-method-override|x-original-url|x-rewrite-url)$/,
    'request',
  ],
  // what only this server says of itself
  [/^(set-cookie|clear-site-data|strict-transport-security|alt-svc|access-control-.+)$/, 'answer'],
  [/^(x-model-version|x-request-id|server-timing|ratelimit.*)$/, 'answer'],
];

/** A request that names them in its Connection header keeps them: without them it would end elsewhere. */
const FRAMING = ['host', 'content-length', 'transfer-encoding'];

/** The headers of a request or an answer that a proxy passes on. */
export function forwardedHeaders(headers: IncomingHttpHeaders, on: 'request' | 'answer'): IncomingHttpHeaders {
  const named = headers.connection?.toLowerCase().split(/\s*,\s*/) ?? [];
  const passes = (name: string) =>
    !isStopped(name, on) && !(named.includes(name) && !(on === 'request' && FRAMING.includes(name)));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => passes(name)));
}

const isStopped = (name: string, on: 'request' | 'answer') =>
  stopped.some(([pattern, where]) => (where === 'both' || where === on) && pattern.test(name));

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Hosts } from './allowed-hosts.ts';
import { HttpError } from './problem.ts';

/**
 * Refuses with 403 what a browser sends for a page of another origin, unless that is one of `origins` (`*`: all). Such a
 * page could otherwise use the visitor's place in the network, for instance on the same machine. Browsers say where a
 * request comes from (`Sec-Fetch-Site`; without TLS, except on localhost, only `Origin`), and no page can change that.
 * Programs send neither and pass. A link that somebody follows passes too: the page with the link reads nothing.
 */
export function refuseCrossSite(origins: readonly string[]): RequestHandler {
  const all = origins.includes('*');
  return (req, _res, next) => {
    const { origin, 'sec-fetch-site': site } = req.headers;
    if ((origin === undefined && site === undefined) || all) return next();
    if (site === 'same-origin' || site === 'none') return next();
    if (origin !== undefined && (origins.includes(origin) || (site === undefined && isOwnOrigin(req)))) return next();
    if (isFollowedLink(req)) return next();
    next(new HttpError(403, refusal(origin)));
  };
}

/** Whether the headers alone show what passes `allowedHosts` and `refuseCrossSite`: a program's request to one of these names. */
export function isProgramAt(
  hosts: Pick<Hosts, 'allows'>,
  { host, origin, 'sec-fetch-site': site }: Pick<IncomingHttpHeaders, 'host' | 'origin' | 'sec-fetch-site'>,
): boolean {
  return origin === undefined && site === undefined && host !== undefined && hosts.allows(host);
}

/** Whether the `Origin` of a request is the host that it was sent to; TLS may have ended before. */
export function isOwnOrigin({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const [, scheme = ''] = /^(https?:)\/\/[^/?#@]+$/i.exec(headers.origin ?? '') ?? [];
  const own = scheme && headers.host ? URL.parse(`${scheme}//${headers.host}`)?.host : undefined;
  return own !== undefined && own === URL.parse(headers.origin ?? '')?.host;
}

function isFollowedLink({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}

function refusal(origin: string | undefined): string {
  const named = URL.parse(origin ?? '')?.origin === origin && origin !== 'null' ? origin : undefined;
  return named === undefined
    ? 'Pages of other origins may not call this server. To allow one set CORS_ORIGINS to its origin, such as https://example.org.'
    : `Pages of ${named} may not call this server. To allow them set CORS_ORIGINS=${named}.`;
}

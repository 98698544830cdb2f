import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { ConfigError } from './env.ts';
import { HttpError } from './problem.ts';

/** Host headers that were allowed, so that a prediction costs one look into a set. */
const REMEMBERED = 1000;

/** The names to which a server answers. */
export type Hosts = {
  /** Whether a `Host` header's value, with or without a port, is one of them. */
  allows(host: string): boolean;
  readonly remembered: number;
};

/**
 * The names to which a server answers: loopback names, IP addresses, names without a dot (as Compose's services have), the
 * hosts of `urls`, `names`, and those in `allowed`, the value of `ALLOWED_HOSTS`: `models.example.org`, `.example.org` with everything below it, or
 * `*`. Throws `ConfigError`. Why: a page elsewhere can point its own name at this machine ("DNS rebinding") and would then
 * read everything as if it were this server's page.
 */
export function readAllowedHosts(
  allowed: string | undefined,
  { urls = [], names = [] }: { urls?: readonly string[]; names?: readonly (string | undefined)[] } = {},
): Hosts {
  const listed = (allowed ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map(checkItem);
  const exact = new Set([
    ...urls.map((url) => URL.parse(url)?.hostname.toLowerCase()),
    ...names.map((name) => name?.toLowerCase()),
    ...listed.map((item) => item.replace(/^\./, '')),
  ]);
  const suffixes = listed.filter((item) => item.startsWith('.'));
  const all = listed.includes('*');
  const known = new Set<string>();

  const decide = (host: string) => {
    const name = nameOf(host);
    return (
      name !== null &&
      (all ||
        !name.includes('.') ||
        isIP(name) !== 0 ||
        exact.has(name) ||
        [...suffixes, '.localhost'].some((suffix) => name.endsWith(suffix)))
    );
  };
  return {
    allows(host) {
      if (known.has(host)) return true;
      if (!decide(host)) return false;
      if (known.size < REMEMBERED) known.add(host);
      return true;
    },
    get remembered() {
      return known.size;
    },
  };
}

/**
 * Refuses requests to another name with 421. A request line that holds a whole address (`GET http://host/path`) counts by
 * its own host, as RFC 9112 says, and keeps only its path for the routes. HTTP/1.0 without a `Host` passes.
 */
export function allowedHosts(hosts: Pick<Hosts, 'allows'>): RequestHandler {
  return (req, _res, next) => {
    let host = req.headers.host;
    if (req.url.charCodeAt(0) !== 47 && req.url !== '*') {
      const [, named, path = ''] = /^https?:\/\/([^/?#@]+)([/?].*)?$/i.exec(req.url) ?? [];
      if (named === undefined)
        return next(new HttpError(400, 'The request line must hold a path, or an http:// or https:// address.'));
      host = named;
      req.url = path.startsWith('/') ? path : `/${path}`;
    }
    if (!host || hosts.allows(host)) return next();
    const name = nameOf(host);
    if (name === null) return next(new HttpError(400, 'The Host header is not a host.'));
    next(
      new HttpError(
        421,
        `This server does not answer to the name ${name}. If that is its name, set ALLOWED_HOSTS=${name} (or PUBLIC_URL).`,
      ),
    );
  };
}

/** The name or address of a `Host` header in lower case, without port, brackets and closing dot. Null: it is no host. */
function nameOf(host: string): string | null {
  const [, address, name] = /^(?:\[([\da-f:.]+(?:%25[\w.-]+)?)\]|([\w.-]+?)\.?)(?::\d{0,5})?$/i.exec(host) ?? [];
  if (address !== undefined) return isIP(address.replace('%25', '%')) === 6 ? address.replace('%25', '%') : null;
  return name && /^[\w-]+(\.[\w-]+)*$/.test(name) ? name.toLowerCase() : null;
}

function checkItem(text: string): string {
  if (text === '*') return text;
  const [, dot = '', name] = /^(\*?\.)?(\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*)(?::\d{1,5})?$/i.exec(text) ?? [];
  if (name === undefined)
    throw new ConfigError(
      `ALLOWED_HOSTS=${text} is not allowed: must be names such as models.example.org or .example.org, separated by commas, or *`,
    );
  return (dot && '.') + name.toLowerCase();
}

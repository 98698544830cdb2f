import { movedRoutes, type PageRouteName, pageRoutes } from './page-routes.ts';

export type Place = { route: (typeof pageRoutes)[number]; parameters: URLSearchParams };

/** Reads `#/history?version=v1`. The first route stands in for an unknown one, and the one that has its parts for a former one. */
export function parsePlace(hash: string): Place {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const wanted = Object.hasOwn(movedRoutes, path) ? movedRoutes[path] : path;
  const route = pageRoutes.find(({ name }) => name === wanted) ?? pageRoutes[0];
  return { route, parameters: new URLSearchParams(search) };
}

/** What the address becomes when it names a former route, or null. */
export function movedHash(hash: string): string | null {
  const path = hash.replace(/^#\/?/, '').split('?', 1)[0] ?? '';
  if (!Object.hasOwn(movedRoutes, path)) return null;
  const { route, parameters } = parsePlace(hash);
  return formatPlace(route.name, Object.fromEntries(parameters));
}

/** Writes what `parsePlace` reads; empty parameters are left out, and null is written as an empty one. */
export function formatPlace(name: PageRouteName, parameters: Record<string, string | null> = {}): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== '');
  const search = new URLSearchParams(given.map(([key, value]) => [key, value ?? ''])).toString();
  return `#/${name}${search ? `?${search}` : ''}`;
}

/** The admin token of a link such as `#token=abc`, which the gateway logs, or null. */
export function tokenOfHash(hash: string): string | null {
  return /^#\/?token=([^&]+)/.exec(hash)?.[1] ? new URLSearchParams(hash.replace(/^#\/?/, '')).get('token') : null;
}

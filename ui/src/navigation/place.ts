export const routeNames = ['predict', 'traffic', 'drift', 'history', 'performance', 'ops'] as const;
export type RouteName = (typeof routeNames)[number];
export type Place = { name: RouteName; parameters: URLSearchParams };

/** Reads `#/history?version=v1`. What is no route is the first one. */
export function parsePlace(hash: string): Place {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const name = routeNames.find((known) => known === path) ?? 'predict';
  return { name, parameters: new URLSearchParams(search) };
}

/** Writes what `parsePlace` reads; empty parameters are left out. */
export function formatPlace(name: RouteName, parameters: Record<string, string> = {}): string {
  const search = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '')).toString();
  return `#/${name}${search ? `?${search}` : ''}`;
}

/** The admin token of a link such as `#token=abc`, which the gateway prints, or null. */
export function tokenOfHash(hash: string): string | null {
  return /^#\/?token=([^&]+)/.exec(hash)?.[1] ? new URLSearchParams(hash.replace(/^#\/?/, '')).get('token') : null;
}

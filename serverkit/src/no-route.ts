import type { RequestHandler } from 'express';
import { HttpError } from './problem.ts';

/**
 * Last route of an app or router, for requests that no other one answers: 405 with `Allow` where the path has a route for
 * another method, and 404 elsewhere. The routes themselves are asked, so that no list can go stale. Answers OPTIONS.
 */
export const noRoute: RequestHandler = (req, res) => {
  const path = req.baseUrl + req.path;
  const methods = methodsAt((req.app.router as unknown as Stack).stack, path);
  if (methods.size === 0 || methods.has(req.method)) throw new HttpError(404, `No route for ${req.method} ${path}.`);
  if (req.method === 'OPTIONS') res.status(204).set('Allow', allow(methods)).end();
  else throw methodNotAllowed(req.method, methods);
};

/** The 405 of a path that has only these methods. */
export function methodNotAllowed(method: string, methods: Iterable<string>): HttpError {
  const allowed = allow(methods);
  return new HttpError(405, `${method} is not allowed here: use ${allowed}.`, { headers: { Allow: allowed } });
}

const allow = (methods: Iterable<string>) => [...methods].sort().join(', ');

type Stack = { stack: Layer[] };
/** What is mounted on a router: a route, another router, or a handler. */
type Layer = {
  /** The part of the path that it takes; false if it is not for this path. */
  match(path: string): { path: string } | false;
  route?: { methods: Record<string, boolean> };
  handle: Partial<Stack>;
};

function methodsAt(stack: readonly Layer[], path: string): Set<string> {
  const methods = new Set<string>();
  for (const layer of stack) {
    const match = layer.route || layer.handle.stack ? layer.match(path) : false;
    if (!match) continue;
    const found = layer.route
      ? Object.keys(layer.route.methods).filter((name) => name !== '_all')
      : methodsAt(layer.handle.stack as Layer[], path.slice(match.path.length) || '/');
    for (const name of found) methods.add(name.toUpperCase());
  }
  // Express answers HEAD by the route of GET
  if (methods.has('GET')) methods.add('HEAD');
  return methods;
}

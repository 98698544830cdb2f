import { startTestModels } from '@coppice/testkit/start-test-models';
import type { Express } from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openapiDocument } from './document.ts';

type Layer = {
  match(path: string): boolean;
  route?: { path: string | string[]; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
};

let models: Awaited<ReturnType<typeof startTestModels>>;
let gateway: Awaited<ReturnType<typeof models.startGateway>>;
let routes: Layer[];

beforeAll(async () => {
  models = await startTestModels();
  gateway = await models.startGateway();
  routes = routesOf((gateway.app as Express & { router: { stack: Layer[] } }).router.stack);
});
afterAll(async () => {
  await gateway.stop();
  await models.stop();
});

const document = openapiDocument();
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.keys(item).map((method) => ({ path, method })),
);

it('describes every route that is mounted', () => {
  const described = operations.map(({ path, method }) => `${method} ${path}`);
  const missing = routes.flatMap(({ route }) =>
    [route?.path ?? []].flat().flatMap((path) => {
      const methods = route?.methods._all ? ['get'] : Object.keys(route?.methods ?? {});
      return methods.map((method) => `${method} ${asTemplate(path)}`).filter((name) => !isDescribed(name, described));
    }),
  );
  expect(routes.length).toBeGreaterThan(15);
  expect(missing).toEqual([]);
});

it.each(operations)('has a route for $method $path', ({ path, method }) => {
  const concrete = path.replace(/\{\w+\}/g, 'x');
  const found = routes.filter(
    (layer) => layer.match(concrete) && (layer.route?.methods._all || layer.route?.methods[method]),
  );
  expect(found.length).toBeGreaterThan(0);
});

// streamed to a version, whose server decides
const own = Object.entries(document.paths).filter(([path]) => !/^\/(v2|models)(\/|$)/.test(path));

it.each(own)('refuses other methods at %s, and says what is allowed', async (path, item) => {
  const allowed = new Set(Object.keys(item).map((method) => method.toUpperCase()));
  if (allowed.has('GET')) allowed.add('HEAD');
  const others = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => !allowed.has(method));
  for (const method of others) {
    const answer = await fetch(gateway.url + path.replace(/\{\w+\}/g, 'x'), { method });
    expect({ method, status: answer.status }).toEqual({ method, status: 405 });
    expect(answer.headers.get('allow')?.split(', ')).toEqual([...allowed].sort());
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  }
  const options = await fetch(gateway.url + path.replace(/\{\w+\}/g, 'x'), { method: 'OPTIONS' });
  expect(options.ok).toBe(true);
  expect(options.headers.get('allow')?.split(', ').sort()).toEqual([...allowed].sort());
});

/** A wildcard is described by any path beneath it. */
function isDescribed(name: string, described: string[]): boolean {
  const beneath = name.match(/^(.*)\{\*\w+\}$/)?.[1];
  return beneath === undefined ? described.includes(name) : described.some((other) => other.startsWith(beneath));
}

function asTemplate(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}').replace(/\*(\w+)/g, '{*$1}');
}

function routesOf(stack: Layer[]): Layer[] {
  return stack.flatMap((layer) => (layer.route ? [layer] : routesOf(layer.handle.stack ?? [])));
}

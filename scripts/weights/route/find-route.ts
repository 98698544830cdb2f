import type { Kubectl } from './kubectl.ts';
import { RouteError } from './route-error.ts';
import { readWeightedRoute, type WeightedRoute } from './weighted-route.ts';

/** Kinds of objects that hold weights, as kubectl names them without doubt. */
const RESOURCES = {
  httproute: 'httproutes.gateway.networking.k8s.io',
  virtualservice: 'virtualservices.networking.istio.io',
};
export type RouteKind = keyof typeof RESOURCES;
export const routeKinds = Object.keys(RESOURCES) as RouteKind[];

/** Which object to read and change. Without a kind: whichever there is. */
export type RouteAddress = { namespace: string; name: string; kind?: RouteKind };

/** Where a route that was read is. */
export function addressOf({ kind, namespace, name }: WeightedRoute): Required<RouteAddress> {
  return { namespace, name, kind: kind === 'HTTPRoute' ? 'httproute' : 'virtualservice' };
}

/** Arguments of kubectl that name a route which was read. */
export function routeArguments(route: WeightedRoute): string[] {
  const { kind, namespace, name } = addressOf(route);
  return [RESOURCES[kind], name, '--namespace', namespace];
}

/** The route as it is now. Throws `RouteError` when there is none, when both kinds have that name, or when it has no weights. */
export async function findRoute(address: RouteAddress, kubectl: Kubectl): Promise<WeightedRoute> {
  const { namespace, name, kind } = address;
  const kinds = kind ? [kind] : routeKinds;
  const found = (await Promise.all(kinds.map((one) => get(one, address, kubectl)))).filter((object) => object !== null);
  if (found.length > 1)
    throw new RouteError(`${namespace}/${name} is an HTTPRoute and a VirtualService: say which by --kind`);
  if (found.length === 0)
    throw new RouteError(
      `there is no ${kinds.join(' and no ')} ${name} in the namespace ${namespace}: the chart makes one with routing gateway-api or istio`,
    );
  return readWeightedRoute(found[0]);
}

async function get(kind: RouteKind, { namespace, name }: RouteAddress, kubectl: Kubectl): Promise<unknown> {
  try {
    const options = ['--ignore-not-found', '--show-managed-fields', '--output=json'];
    const text = await kubectl('get', RESOURCES[kind], name, '--namespace', namespace, ...options);
    return text.trim() === '' ? null : JSON.parse(text);
  } catch (error) {
    // a cluster without this kind has none of it
    if (error instanceof RouteError && /doesn't have a resource type/.test(error.message)) return null;
    throw error;
  }
}

import type { Kubectl } from './kubectl.ts';
import { RouteError } from './route-error.ts';
import type { WeightedRoute } from './weighted-route.ts';

type Slices = {
  items: {
    metadata: { labels?: Record<string, string> };
    endpoints?: { conditions?: { ready?: boolean } }[] | null;
  }[];
};

/** Ready pods by service of a route, or null when the user may not list them. */
export async function readyPods(route: WeightedRoute, kubectl: Kubectl): Promise<Map<string, number> | null> {
  const services = route.backends.map(({ service }) => service);
  const selector = `kubernetes.io/service-name in (${services.join(',')})`;
  const options = ['--namespace', route.namespace, '--selector', selector, '--output=json'];
  try {
    const { items } = JSON.parse(await kubectl('get', 'endpointslices', ...options)) as Slices;
    const ready = new Map(services.map((service) => [service, 0]));
    for (const { metadata, endpoints } of items) {
      const service = metadata.labels?.['kubernetes.io/service-name'] ?? '';
      // no word means ready
      const pods = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false).length;
      ready.set(service, (ready.get(service) ?? 0) + pods);
    }
    return ready;
  } catch (error) {
    if (error instanceof RouteError) return null;
    throw error;
  }
}

import { z } from 'zod';
import { RouteError } from './route-error.ts';

/** The rule of a route that holds the weights; its other rules lead to one version each. */
export const WEIGHTED = 'weighted';

const managedField = z.looseObject({
  manager: z.string().optional(),
  operation: z.string().optional(),
  subresource: z.string().optional(),
  fieldsV1: z.record(z.string(), z.unknown()).optional(),
});
export type ManagedField = z.infer<typeof managedField>;

const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string(),
  resourceVersion: z.string(),
  generation: z.int().nonnegative(),
  annotations: z.record(z.string(), z.string()).optional(),
  managedFields: z.array(managedField).optional(),
});
const weight = z.int().nonnegative().optional();
const httpRoute = z.looseObject({
  kind: z.literal('HTTPRoute'),
  metadata,
  spec: z.looseObject({
    rules: z.array(
      z.looseObject({
        name: z.string().optional(),
        backendRefs: z.array(z.looseObject({ name: z.string(), weight })).optional(),
      }),
    ),
  }),
});
const virtualService = z.looseObject({
  kind: z.literal('VirtualService'),
  metadata,
  spec: z.looseObject({
    http: z
      .array(
        z.looseObject({
          name: z.string().optional(),
          route: z.array(z.looseObject({ destination: z.looseObject({ host: z.string() }), weight })).optional(),
        }),
      )
      .optional(),
  }),
});
const routeObject = z.discriminatedUnion('kind', [httpRoute, virtualService]);

/** A Kubernetes object with the weights of versions. `generation` grows with each change of its spec. */
export type WeightedRoute = {
  kind: 'HTTPRoute' | 'VirtualService';
  namespace: string;
  name: string;
  resourceVersion: string;
  generation: number;
  annotations: Readonly<Record<string, string>>;
  managedFields: readonly ManagedField[];
  /** In the order of the route: the first is the baseline, the last the newest. */
  backends: readonly { version: string; service: string; weight: number; pointer: string }[];
};

/** The weights in an HTTPRoute or VirtualService, as `kubectl get -o json` prints it. Throws `RouteError`. */
export function readWeightedRoute(object: unknown): WeightedRoute {
  const read = routeObject.safeParse(object);
  if (!read.success) throw new RouteError('the object is no HTTPRoute and no VirtualService');
  const { kind, metadata, spec } = read.data;
  const rules =
    kind === 'HTTPRoute'
      ? spec.rules.map(({ name, backendRefs = [] }) => ({ name, to: backendRefs, at: 'rules', list: 'backendRefs' }))
      : (spec.http ?? []).map(({ name, route = [] }) => ({
          ...{ name, at: 'http', list: 'route' },
          // without weights there is one destination, which gets all
          to: route.map(({ destination, weight }) => ({ name: destination.host, weight: weight ?? 1 })),
        }));
  const index = weightedRule(rules);
  const rule = rules[index];
  if (!rule) throw new RouteError(`${kind} ${metadata.namespace}/${metadata.name} has no rule named ${WEIGHTED}`);
  const backends = rule.to.map(({ name: host, weight = 1 }, n) => {
    const service = host.split('.')[0] as string;
    const pointer = `/spec/${rule.at}/${index}/${rule.list}/${n}/weight`;
    return { version: versionOf(service), service, weight, pointer };
  });
  if (new Set(backends.map(({ version }) => version)).size < backends.length)
    throw new RouteError(`${kind} ${metadata.namespace}/${metadata.name} leads to the same version twice`);
  const { name, namespace, resourceVersion, generation, annotations = {}, managedFields = [] } = metadata;
  return { kind, namespace, name, resourceVersion, generation, annotations, managedFields, backends };
}

/** The weights by version. */
export function weightsOf({ backends }: Pick<WeightedRoute, 'backends'>): Record<string, number> {
  return Object.fromEntries(backends.map(({ version, weight }) => [version, weight]));
}

/** A route that the chart did not write has no such name; then the only rule with several backends is meant. */
function weightedRule(rules: readonly { name: string | undefined; to: readonly unknown[] }[]): number {
  const named = rules.findIndex(({ name, to }) => name === WEIGHTED && to.length > 0);
  if (named >= 0) return named;
  const several = rules.filter(({ to }) => to.length > 1);
  return several.length === 1 ? rules.indexOf(several[0] as (typeof rules)[number]) : -1;
}

/** The chart names a version's Service `<release>-model-<version>`. */
const versionOf = (service: string) => /-model-(v\d+)$/.exec(service)?.[1] ?? service;

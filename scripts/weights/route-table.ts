import { deploymentMode } from '@coppice/gateway/control/deployment-mode';
import { equalWeights } from '@coppice/gateway/control/last-intent';
import { printable } from '@coppice/serverkit';
import { type WeightedRoute, weightsOf } from './route/weighted-route.ts';
import { AUDIT_ANNOTATION, readAudit } from './route/weights-audit.ts';
import { splitTable } from './split-table.ts';

const SHOWN = 5;

/** A route's split and its last changes for a terminal. `ready`: pods by service; null where nobody may say. */
export function routeTable(route: WeightedRoute, ready: ReadonlyMap<string, number> | null): string {
  const weights = weightsOf(route);
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const view = {
    model: `${route.kind} ${route.namespace}/${route.name}`,
    mode: deploymentMode(Object.keys(weights), weights),
    ...{ revision: route.generation, shadow: null },
    versions: route.backends.map(({ version, service, weight }) => ({
      ...{ version, weight, ejected: false },
      share: total === 0 ? 0 : weight / total,
      ready: ready && (ready.get(service) ?? 0) > 0,
      reason: ready?.get(service) ? null : 'no pod is ready, its share of requests fails',
    })),
  };
  const audit = readAudit(route.annotations[AUDIT_ANNOTATION]);
  const lines = audit
    .slice(0, SHOWN)
    .map(({ time, who, from, to, reason }) => `${time}  ${who}: ${words(from)} → ${words(to)} (${reason})`);
  const [last] = audit;
  if (last && !equalWeights(last.to, weights))
    lines.unshift('The weights changed since the last change below, by Helm or another program.');
  return [splitTable(view), ...lines.map(printable)].join('\n');
}

const words = (weights: Readonly<Record<string, number>>) =>
  Object.entries(weights)
    .map(([version, weight]) => `${version}=${weight}`)
    .join(' ');

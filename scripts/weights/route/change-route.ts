import type { ConfigPatch } from '@coppice/contract';
import { InvalidChangeError } from '@coppice/gateway/control/control-errors';
import { equalWeights } from '@coppice/gateway/control/last-intent';
import { wantedIntent } from '@coppice/gateway/control/wanted-intent';
import { addressOf, findRoute, type RouteAddress, routeArguments } from './find-route.ts';
import type { Kubectl } from './kubectl.ts';
import { RouteError } from './route-error.ts';
import { FIELD_MANAGER, type Operation, ownershipPatch, weightsPatch } from './route-patch.ts';
import { readWeightedRoute, type WeightedRoute, weightsOf } from './weighted-route.ts';
import { AUDIT_ANNOTATION, readAudit } from './weights-audit.ts';

/** Controllers write the status of a route now and then, which makes it another object. */
const TRIES = 5;

/** `change` without a shadow: no route compares what it copies. */
export type RouteChange = Omit<ConfigPatch, 'shadow'>;

type Done = { route: WeightedRoute; warning: string | null };

/**
 * Sets the weights of a route by one patch, with the checks of the gateway's `PATCH /config`, and with an entry in its audit.
 * Throws `RouteError`, also when somebody else changed the weights between reading and writing. `warning`: what did not work after the change.
 */
export async function changeRoute(
  address: RouteAddress,
  change: RouteChange,
  { kubectl, now }: { kubectl: Kubectl; now: () => Date },
): Promise<Done> {
  const first = await findRoute(address, kubectl);
  const from = weightsOf(first);
  const to = wantedWeights(change, first);
  const entry = {
    ...{ time: now().toISOString(), who: await whoAmI(kubectl) },
    ...{ action: change.preset ? `preset ${change.preset}` : 'weights', reason: change.reason, from, to },
  };
  let before = first;
  for (let left = TRIES; ; left--) {
    refuseOthers(before, first, change.revision);
    try {
      const after = await patch(before, weightsPatch(before, entry), kubectl);
      return { route: after, warning: await giveBack(before, after, kubectl) };
    } catch (error) {
      const current = await findRoute(addressOf(before), kubectl);
      if (left === 1 || current.resourceVersion === before.resourceVersion) throw error;
      before = current;
    }
  }
}

function wantedWeights(change: RouteChange, route: WeightedRoute): Record<string, number> {
  const versions = route.backends.map(({ version }) => version);
  try {
    return wantedIntent(change, { weights: weightsOf(route), shadow: null }, versions).weights;
  } catch (error) {
    if (!(error instanceof InvalidChangeError)) throw error;
    throw new RouteError(`${error.path.join('/')} ${error.message}`, { cause: error });
  }
}

/** Whoever decided on weights that are no longer in force looks again. */
function refuseOthers(route: WeightedRoute, decidedOn: WeightedRoute, revision: number | undefined): void {
  const weights = weightsOf(route);
  if (revision === undefined ? equalWeights(weights, weightsOf(decidedOn)) : revision === route.generation) return;
  const [last] = readAudit(route.annotations[AUDIT_ANNOTATION]);
  const by =
    last && equalWeights(last.to, weights)
      ? ` was set by ${last.who} at ${last.time} (${last.action}: ${last.reason})`
      : ' is current';
  throw new RouteError(
    `Revision ${revision ?? decidedOn.generation} is outdated: revision ${route.generation}${by}. Look again and retry.`,
  );
}

async function patch(route: WeightedRoute, operations: Operation[], kubectl: Kubectl): Promise<WeightedRoute> {
  const what = ['--type=json', `--patch=${JSON.stringify(operations)}`, `--field-manager=${FIELD_MANAGER}`];
  const text = await kubectl('patch', ...routeArguments(route), ...what, '--show-managed-fields', '--output=json');
  return readWeightedRoute(JSON.parse(text));
}

/** What is wrong when the spec could not be given back to its owner, or null. */
async function giveBack(before: WeightedRoute, after: WeightedRoute, kubectl: Kubectl): Promise<string | null> {
  let current = after;
  for (let left = TRIES; ; left--) {
    const operations = ownershipPatch(before, current);
    if (!operations) return null;
    try {
      await patch(current, operations, kubectl);
      return null;
    } catch (error) {
      if (left === 1)
        return `the weights are set, and helm upgrade with other weights needs --force-conflicts: ${(error as Error).message}`;
      current = await findRoute(addressOf(current), kubectl).catch(() => current);
    }
  }
}

/** The user as the API server knows it. */
async function whoAmI(kubectl: Kubectl): Promise<string> {
  const { status } = JSON.parse(await kubectl('auth', 'whoami', '--output=json')) as {
    status?: { userInfo?: { username?: string } };
  };
  return (status?.userInfo?.username ?? 'unknown').slice(0, 200);
}

import { applyPatch } from '@coppice/testkit/apply-patch';
import { madeUpRoute } from '@coppice/testkit/made-up-route';
import { expect, it } from 'vitest';
import { changeRoute } from './change-route.ts';
import type { Kubectl } from './kubectl.ts';
import { RouteError } from './route-error.ts';
import type { Operation } from './route-patch.ts';
import { readWeightedRoute, weightsOf } from './weighted-route.ts';
import { AUDIT_ANNOTATION, readAudit } from './weights-audit.ts';

const address = { namespace: 'shop', name: 'coppice-models' };
const now = () => new Date('2026-05-04T03:02:01Z');
const canary = { weights: { v1: 90, v2: 10 }, reason: 'canary' };

it('sets the weights in one patch and keeps who did it, when and why', async () => {
  const cluster = standInCluster(madeUpRoute({ v1: 50, v2: 50 }), () => {});
  const { route, warning } = await changeRoute(address, canary, { kubectl: cluster.kubectl, now });
  expect([weightsOf(route), warning, cluster.patches()]).toEqual([canary.weights, null, 1]);
  expect(readAudit(route.annotations[AUDIT_ANNOTATION])).toEqual([
    {
      ...{ time: '2026-05-04T03:02:01.000Z', who: 'ada', action: 'weights', reason: 'canary' },
      ...{ from: { v1: 50, v2: 50 }, to: { v1: 90, v2: 10 } },
    },
  ]);
});

it('retries after a controller wrote the status of the route', async () => {
  let writes = 3;
  const cluster = standInCluster(madeUpRoute({ v1: 50, v2: 50 }), (edit) => writes-- > 0 && edit(() => {}));
  const { route } = await changeRoute(address, { preset: 'rollback', reason: 'wrong' }, { ...cluster, now });
  expect(weightsOf(route)).toEqual({ v1: 100, v2: 0 });
});

it('gives up when the object changes all the time', async () => {
  const cluster = standInCluster(madeUpRoute({ v1: 50, v2: 50 }), (edit) => edit(() => {}));
  await expect(changeRoute(address, canary, { ...cluster, now })).rejects.toThrow('has been modified');
  expect(weightsOf(readWeightedRoute(cluster.object()))).toEqual({ v1: 50, v2: 50 });
});

it('refuses to undo what somebody else set meanwhile', async () => {
  const cluster = standInCluster(madeUpRoute({ v1: 50, v2: 50 }), (edit) =>
    edit((object) => Object.assign(object, { spec: madeUpRoute({ v1: 100, v2: 0 }).spec })),
  );
  await expect(changeRoute(address, canary, { ...cluster, now })).rejects.toThrow('Revision 3 is outdated');
  expect(cluster.patches()).toBe(0);
});

it.each([
  [{ weights: { v1: 1, v9: 1 }, reason: 'x' }, 'weights/v9 names an unknown version (v9); the versions are v1, v2'],
  [{ weights: { v1: 1 }, reason: 'x' }, 'weights must name every version (v1, v2): v2 is missing'],
  [{ weights: { v1: 0, v2: 0 }, reason: 'x' }, 'weights must have at least one weight above 0'],
  [{ ...canary, revision: 2 }, 'Revision 2 is outdated: revision 3 is current'],
])('refuses %j with the words of the gateway', async (change, message) => {
  const cluster = standInCluster(madeUpRoute({ v1: 50, v2: 50 }), () => {});
  await expect(changeRoute(address, change, { ...cluster, now })).rejects.toThrow(message);
  expect(cluster.patches()).toBe(0);
});

type Stored = { kind: string; metadata: Record<string, unknown> & { name: string; namespace: string } };

/** kubectl with one object, which refuses a patch of an older one as the API server does. `beforePatch` is somebody else. */
function standInCluster(first: object, beforePatch: (edit: (change: (object: Stored) => void) => void) => void) {
  let object = structuredClone(first) as Stored;
  let patches = 0;
  const edit = (change: (object: Stored) => void) => {
    change(object);
    object.metadata.resourceVersion = String(Number(object.metadata.resourceVersion) + 1);
  };
  const kubectl: Kubectl = async (verb, what, ...rest) => {
    if (verb === 'auth') return JSON.stringify({ status: { userInfo: { username: 'ada' } } });
    if (verb === 'get') {
      if (what?.startsWith(`${object.kind.toLowerCase()}s.`)) return JSON.stringify(object);
      throw new RouteError(`kubectl: the server doesn't have a resource type "${what}"`);
    }
    beforePatch(edit);
    const operations = JSON.parse(rest.find((one) => one.startsWith('--patch='))?.slice(8) ?? '[]') as Operation[];
    const version = operations.find(({ path }) => path === '/metadata/resourceVersion')?.value;
    if (version !== object.metadata.resourceVersion) throw new RouteError('kubectl: the object has been modified');
    patches += 1;
    object = applyPatch(object, operations);
    edit(() => {});
    return JSON.stringify(object);
  };
  return { kubectl, object: () => object, patches: () => patches };
}

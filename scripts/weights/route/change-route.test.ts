import { expect, it } from 'vitest';
import { changeRoute } from './change-route.ts';
import { madeUpRoute } from './made-up-route.ts';
import { standInCluster } from './stand-in-cluster.ts';
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

import { madeUpRoute } from '@coppice/testkit/made-up-route';
import { describe, expect, it } from 'vitest';
import { readWeightedRoute, weightsOf } from './weighted-route.ts';

const metadata = { name: 'models', namespace: 'shop', resourceVersion: '9', generation: 1 };
const virtualService = (http: object[]) => ({ kind: 'VirtualService', metadata, spec: { http } });
const to = (host: string, weight?: number) => ({ destination: { host }, ...(weight === undefined ? {} : { weight }) });

describe('the weights of a route', () => {
  it('are those of the rule named weighted in an HTTPRoute, not those of its pins', () => {
    const route = readWeightedRoute(madeUpRoute({ v1: 90, v2: 10 }));
    expect(weightsOf(route)).toEqual({ v1: 90, v2: 10 });
    expect(route.backends.map(({ pointer }) => pointer)).toEqual([
      '/spec/rules/2/backendRefs/0/weight',
      '/spec/rules/2/backendRefs/1/weight',
    ]);
  });

  it('are those of the only rule with several backends where none is named weighted', () => {
    const rules = [{ backendRefs: [{ name: 'a' }] }, { backendRefs: [{ name: 'a', weight: 3 }, { name: 'b' }] }];
    expect(weightsOf(readWeightedRoute({ kind: 'HTTPRoute', metadata, spec: { rules } }))).toEqual({ a: 3, b: 1 });
  });

  it('are those of the destinations in a VirtualService, by the first part of their host', () => {
    const route = [to('x-coppice-model-v1.shop.svc.cluster.local', 100), to('x-coppice-model-v2', 0)];
    const read = readWeightedRoute(
      virtualService([
        { name: 'v1', route: [to('a')] },
        { name: 'weighted', route },
      ]),
    );
    expect(weightsOf(read)).toEqual({ v1: 100, v2: 0 });
    expect(read.backends[1]).toMatchObject({ service: 'x-coppice-model-v2', pointer: '/spec/http/1/route/1/weight' });
  });

  it('of a single version is there without a number', () => {
    const read = readWeightedRoute(virtualService([{ name: 'weighted', route: [to('coppice-model-v1')] }]));
    expect(weightsOf(read)).toEqual({ v1: 1 });
  });

  it.each<[string, object, string]>([
    ['another kind', { kind: 'Ingress', metadata, spec: {} }, 'no HTTPRoute and no VirtualService'],
    ['no rule', virtualService([]), 'VirtualService shop/models has no rule named weighted'],
    [
      'two rules that could be meant',
      virtualService([{ route: [to('a'), to('b')] }, { route: [to('a'), to('b')] }]),
      'has no rule named weighted',
    ],
    [
      'one version twice',
      virtualService([{ route: [to('a-model-v1'), to('b-model-v1')] }]),
      'leads to the same version twice',
    ],
  ])('refuses %s', (_, object, message) => {
    expect(() => readWeightedRoute(object)).toThrow(message);
  });
});

import { applyPatch } from '@coppice/testkit/apply-patch';
import { madeUpRoute } from '@coppice/testkit/made-up-route';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownershipPatch, weightsPatch } from './route-patch.ts';
import { type ManagedField, readWeightedRoute, weightsOf } from './weighted-route.ts';
import { AUDIT_ANNOTATION, readAudit } from './weights-audit.ts';

const split = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 15 }).map(named);
function named(weights: number[]): Record<string, number> {
  return Object.fromEntries(weights.map((weight, n) => [`v${n + 1}`, weight]));
}

describe('the patch of the weights', () => {
  it('sets every weight and the audit, and nothing else', () => {
    const both = split.chain((from) =>
      fc.tuple(fc.constant(from), fc.tuple(...Object.keys(from).map(() => fc.nat(1_000_000))).map(named)),
    );
    const notes = fc.option(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}\/[a-z]{1,8}$/), fc.string()), {
      nil: undefined,
    });
    fc.assert(
      fc.property(both, notes, ([from, to], annotations) => {
        const object = madeUpRoute(from, annotations);
        const entry = {
          ...{ time: '2026-01-01T00:00:00.000Z', who: 'ada', action: 'weights', reason: 'why' },
          ...{ from, to },
        };
        const patched = applyPatch(object, weightsPatch(readWeightedRoute(object), entry));
        const audit = patched.metadata.annotations?.[AUDIT_ANNOTATION] as string;
        expect(weightsOf(readWeightedRoute(patched))).toEqual(to);
        expect(readAudit(audit)[0]).toEqual(entry);
        expect(patched).toEqual(madeUpRoute(to, { ...annotations, [AUDIT_ANNOTATION]: audit }));
      }),
    );
  });

  it('holds only for the object that was read', () => {
    const route = readWeightedRoute(madeUpRoute({ v1: 1 }));
    const entry = { time: '', who: '', action: '', reason: '', from: {}, to: { v1: 2 } };
    expect(weightsPatch(route, entry)[0]).toEqual({ op: 'replace', path: '/metadata/resourceVersion', value: '7' });
  });
});

describe('the owner of a spec', () => {
  const spec = { 'f:parentRefs': {}, 'f:rules': {} };
  const note = { 'f:annotations': { 'f:coppice.io/weights-audit': {} } };
  const owned = (...managedFields: ManagedField[]) => ({
    ...readWeightedRoute(madeUpRoute({ v1: 1, v2: 1 })),
    managedFields,
  });
  const field = (manager: string, operation: string, fieldsV1: Record<string, unknown>) => ({
    ...{ manager, operation, fieldsV1 },
    apiVersion: 'gateway.networking.k8s.io/v1',
  });
  const ours = field('coppice-weights', 'Update', { 'f:metadata': note, 'f:spec': { 'f:rules': {} } });

  it('stays whoever applied it', () => {
    const before = owned(field('helm', 'Apply', { 'f:spec': spec }));
    const after = owned(field('helm', 'Apply', { 'f:spec': { 'f:parentRefs': {} } }), ours);
    expect(ownershipPatch(before, after)?.at(-1)).toEqual({
      ...{ op: 'replace', path: '/metadata/managedFields' },
      value: [field('helm', 'Apply', { 'f:spec': spec }), field('coppice-weights', 'Update', { 'f:metadata': note })],
    });
  });

  it.each([
    ['nobody applied it', [field('kubectl-create', 'Update', { 'f:spec': spec })], [ours]],
    ['it was not taken', [field('helm', 'Apply', { 'f:spec': spec })], [field('helm', 'Apply', { 'f:spec': spec })]],
  ])('is left alone where %s', (_, before, after) => {
    expect(ownershipPatch(owned(...before), owned(...after))).toBeNull();
  });
});

import type { ManagedField, WeightedRoute } from './weighted-route.ts';
import { AUDIT_ANNOTATION, type AuditedWeights, withEntry } from './weights-audit.ts';

/** The field manager of our changes. */
export const FIELD_MANAGER = 'coppice-weights';

/** One operation of RFC 6902. */
export type Operation = { op: 'add' | 'replace'; path: string; value: unknown };

/**
 * One JSON patch (RFC 6902) that sets all weights and adds the change to the audit. The API server refuses it once the
 * object is another than was read.
 */
export function weightsPatch(route: WeightedRoute, entry: AuditedWeights): Operation[] {
  const audit = withEntry(route.annotations[AUDIT_ANNOTATION], entry);
  return [
    unchangedSince(route),
    ...route.backends.map(({ version, pointer }) => ({ op: 'add' as const, path: pointer, value: entry.to[version] })),
    Object.keys(route.annotations).length === 0
      ? { op: 'add', path: '/metadata/annotations', value: { [AUDIT_ANNOTATION]: audit } }
      : { op: 'add', path: `/metadata/annotations/${AUDIT_ANNOTATION.replace('/', '~1')}`, value: audit },
  ];
}

/**
 * A patch that gives the spec back to whoever applied it (Helm, Argo CD, `kubectl apply --server-side`), or null where nobody
 * did. A change of a field makes its author the owner, and the next `helm upgrade` with other weights would be refused as a conflict.
 */
export function ownershipPatch(before: WeightedRoute, after: WeightedRoute): Operation[] | null {
  const applied = before.managedFields.filter((one) => one.operation === 'Apply' && ownsSpec(one));
  const ours = after.managedFields.find(isOurs);
  if (applied.length === 0 || !ours || !ownsSpec(ours)) return null;
  const managedFields = after.managedFields.map((one) => {
    if (isOurs(one)) {
      const { 'f:spec': _, ...rest } = one.fieldsV1 ?? {};
      return { ...one, fieldsV1: rest };
    }
    const was = applied.find((other) => other.operation === one.operation && other.manager === one.manager);
    return was ? { ...one, fieldsV1: { ...one.fieldsV1, 'f:spec': was.fieldsV1?.['f:spec'] } } : one;
  });
  return [unchangedSince(after), { op: 'replace', path: '/metadata/managedFields', value: managedFields }];
}

const unchangedSince = ({ resourceVersion }: WeightedRoute): Operation => ({
  ...{ op: 'replace', path: '/metadata/resourceVersion' },
  value: resourceVersion,
});

const isOurs = ({ manager, operation }: ManagedField) => manager === FIELD_MANAGER && operation === 'Update';
const ownsSpec = ({ fieldsV1, subresource }: ManagedField) => !subresource && Object.hasOwn(fieldsV1 ?? {}, 'f:spec');

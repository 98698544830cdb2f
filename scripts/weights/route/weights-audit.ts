import { z } from 'zod';

/** The annotation that holds the last changes of a route's weights, as JSON, newest first. */
export const AUDIT_ANNOTATION = 'coppice.io/weights-audit';

const MOST_ENTRIES = 20;
/** All annotations of an object share 262,144 bytes. */
const MOST_BYTES = 32_768;

const weights = z.record(z.string(), z.int().nonnegative());
const auditedWeights = z.object({
  time: z.iso.datetime(),
  who: z.string(),
  action: z.string(),
  reason: z.string(),
  from: weights,
  to: weights,
});
/** One change, with the names that `GET /audit` uses. `from` and `to`: weights by version. */
export type AuditedWeights = z.infer<typeof auditedWeights>;

/** The changes in an annotation, newest first; none where it is missing or not what this program writes. */
export function readAudit(annotation: string | undefined): AuditedWeights[] {
  if (annotation === undefined) return [];
  try {
    return z.array(auditedWeights).parse(JSON.parse(annotation));
  } catch {
    return [];
  }
}

/** The annotation with one more change: the newest 20, and no more than 32 KiB. */
export function withEntry(annotation: string | undefined, entry: AuditedWeights): string {
  const entries = [entry, ...readAudit(annotation)].slice(0, MOST_ENTRIES);
  while (entries.length > 1 && Buffer.byteLength(JSON.stringify(entries)) > MOST_BYTES) entries.pop();
  return JSON.stringify(entries);
}

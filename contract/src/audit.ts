import { z } from 'zod';

/** One row of `GET /audit`, newest first. */
export const auditEntry = z.object({
  id: z.int(),
  time: z.iso.datetime(),
  revision: z.int(),
  who: z.string(),
  action: z.string(),
  reason: z.string(),
  from: z.unknown(),
  to: z.unknown(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** Query of `GET /audit`. */
export const auditQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('Entries in the answer.'),
  before: z.coerce.number().int().min(1).optional().describe('Only entries with a smaller id: the next, older page.'),
});

/** `GET /audit`: newest first. */
export const auditPage = z.object({ audit: z.array(auditEntry) });
export type AuditPage = z.infer<typeof auditPage>;

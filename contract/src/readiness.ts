import { z } from 'zod';
import { versionState } from './config.ts';

/** `GET /ready` of the gateway: 200 for `ready` and `degraded`, 503 for `unavailable`. */
export const readiness = z.object({
  status: z.enum(['ready', 'degraded', 'unavailable']),
  versions: z.array(versionState),
  /** What does not stop serving but wants a person, such as a record that cannot be written. */
  warnings: z.array(z.string()),
});
export type Readiness = z.infer<typeof readiness>;

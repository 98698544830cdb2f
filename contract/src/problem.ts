import { z } from 'zod';

/** Error body of RFC 9457, `application/problem+json`. `errors[].pointer` is a JSON Pointer into the request body. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});
export type Problem = z.infer<typeof problem>;

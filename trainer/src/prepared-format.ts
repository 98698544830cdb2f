import { z } from 'zod';

const heading = z.object({ name: z.string(), title: z.string(), unit: z.string().nullable() });
const common = { column: z.string(), missing: z.boolean() };
const step = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('number'), ...common, fill: z.number() }),
  z.object({ kind: z.literal('boolean'), ...common, fill: z.union([z.literal(0), z.literal(1)]) }),
  z.object({ kind: z.literal('category'), ...common, words: z.array(z.string()), other: z.boolean() }),
  z.object({ kind: z.literal('date'), ...common, fill: z.number() }),
]);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What `preparation.json` says: how the columns become numbers, and what the rows beside it come from. */
export const preparedFormat = z.object({
  format: z.literal(2),
  /** The table that the rows come from. */
  data: z.object({ file: z.string().min(1), sha256: hash }),
  /** Of the CSV files beside it, as they were written. */
  sha256: z.object({ train: hash, test: hash }),
  seed: z.int().nonnegative(),
  testShare: z.number(),
  /** Choices about the table, as a card lists them. */
  parameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  target: heading,
  classes: z.array(z.string()).min(2),
  columns: z.array(heading).min(1),
  /** One for each column, in the same order. */
  steps: z.array(step).min(1),
});

export type PreparedFormat = z.infer<typeof preparedFormat>;
export const preparedFiles = { train: 'train.csv', test: 'test.csv', preparation: 'preparation.json' } as const;

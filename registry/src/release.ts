import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Files that every release has. */
export const MODEL_FILE = 'model.onnx';
export const CARD_FILE = 'model-card.json';

const file = z.object({ sha256, bytes: z.int().nonnegative() });

/** What a release was made of and from. */
export const lineage = z.object({
  /** SHA-256 of the training data, or null when it is unknown. */
  data: sha256.nullable(),
  /** Commit of the code that trained it, or null. */
  commit: z.string().nullable(),
  /** The release that was champion when it was published, or null. */
  parent: z.int().positive().nullable(),
});
export type Lineage = z.infer<typeof lineage>;

/** A numbered release of a model: never changed once it is there. */
export const release = z.object({
  format: z.literal(1),
  model: z.string().min(1),
  number: z.int().positive(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  /** By name, with forward slashes; their bytes are kept under their SHA-256. */
  files: z.record(z.string(), file),
  lineage,
  /** Of the card, so that a list need not read every card. */
  summary: z.object({
    algorithm: z.string(),
    accuracy: z.number().nullable(),
    testRows: z.int().nonnegative(),
    features: z.int().positive(),
    classes: z.array(z.string()),
  }),
});
export type Release = z.infer<typeof release>;
export type ReleaseFile = z.infer<typeof file>;

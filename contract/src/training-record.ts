import { z } from 'zod';

/** What a training was, as a file of the release that it made; releases of before have none. */
export const TRAINING_FILE = 'report/training.json';

const share = z.number().min(0).max(1);

export const trainingRecord = z.object({
  format: z.literal(1),
  /** From the prepared table to the verified ONNX model of all versions that were trained together. */
  seconds: z.number().nonnegative(),
  /** The model's answers to its own training rows; macro averages over classes. */
  train: z.object({ rows: z.int().positive(), accuracy: share, precision: share, recall: share, f1: share }),
});
export type TrainingRecord = z.infer<typeof trainingRecord>;

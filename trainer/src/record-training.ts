import { type ModelCard, type TrainingRecord, trainingRecord } from '@coppice/contract';

/** The file that says how long a training took and what its model answers to its own training rows. */
export function recordTraining(
  seconds: number,
  { rows, accuracy, precision, recall, f1 }: ModelCard['metrics'],
): Uint8Array {
  const record: TrainingRecord = { format: 1, seconds, train: { rows, accuracy, precision, recall, f1 } };
  return Buffer.from(`${JSON.stringify(trainingRecord.parse(record), null, 2)}\n`);
}

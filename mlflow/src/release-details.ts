import {
  type ModelCard,
  type ModelReport,
  modelReport,
  parseModelCard,
  REPORT_FILE,
  TRAINING_FILE,
  type TrainingRecord,
  trainingRecord,
} from '@coppice/contract';
import { BrokenReleaseError } from '@coppice/registry/errors';
import type { Registry } from '@coppice/registry/registry';
import { CARD_FILE, MODEL_FILE, type Release } from '@coppice/registry/release';
import type { z } from 'zod';

/** A release with what is known of it; null for what it has no file of, or one of another format. */
export type ReleaseDetails = {
  release: Release;
  card: ModelCard;
  /** The card's file as it is, and the model's. */
  cardBytes: Uint8Array;
  onnx: Uint8Array;
  report: ModelReport | null;
  training: TrainingRecord | null;
};

/** Rejects with the errors of `Registry.file`, and with `BrokenReleaseError` for a card that is none. */
export async function readDetails(registry: Registry, release: Release): Promise<ReleaseDetails> {
  const [cardBytes, onnx] = await Promise.all([registry.file(release, CARD_FILE), registry.file(release, MODEL_FILE)]);
  const { data: card } = parseModelCard(parsed(cardBytes));
  if (!card) throw new BrokenReleaseError(`release ${release.number} of ${release.model} has no valid ${CARD_FILE}`);
  const optional = async <T>(name: string, shape: z.ZodType<T>) =>
    name in release.files ? (shape.safeParse(parsed(await registry.file(release, name))).data ?? null) : null;
  return {
    ...{ release, card, cardBytes, onnx },
    report: await optional(REPORT_FILE, modelReport),
    training: await optional(TRAINING_FILE, trainingRecord),
  };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

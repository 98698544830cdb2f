import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelCard, parseModelCard } from '@coppice/contract';
import { CARD_FILE, MODEL_FILE } from '@coppice/registry/release';
import { DataError } from '@coppice/trainer/table/data-error';

/** A model as the stage `train` leaves it. */
export type Trained = { card: ModelCard; json: Uint8Array; onnx: Uint8Array };

/** Reads a model's folder. Throws `DataError` of one line. */
export function readTrained(folder: string): Trained {
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new DataError(`${join(folder, name)} cannot be read (${code}): dvc repro makes it`, { cause });
    }
  };
  const [json, onnx] = [read(CARD_FILE), read(MODEL_FILE)];
  const { data: card } = parseModelCard(JSON.parse(json.toString('utf8')));
  if (!card) throw new DataError(`${join(folder, CARD_FILE)} is no valid model card`);
  return { card, json, onnx };
}

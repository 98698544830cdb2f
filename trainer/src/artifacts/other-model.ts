import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What our forests are called in their cards. */
export const ALGORITHM = 'random-forest';

export type OtherModel = { name: string; algorithm: string };

/**
 * A model in `out` that a training of `name` would replace although it is not its own: of another name, or one that a person
 * made elsewhere. Skips cards that cannot be read.
 */
export function otherModel(out: string, name: string): OtherModel | undefined {
  const found = modelsIn(out);
  return found.find((one) => one.name !== name) ?? found.find(({ algorithm }) => algorithm !== ALGORITHM);
}

function modelsIn(out: string): OtherModel[] {
  let folders: string[];
  try {
    folders = readdirSync(out);
  } catch {
    return [];
  }
  return folders.flatMap((folder) => {
    try {
      const card: unknown = JSON.parse(readFileSync(join(out, folder, 'model-card.json'), 'utf8'));
      const { name, algorithm = ALGORITHM } = card as { name?: unknown; algorithm?: unknown };
      return typeof name === 'string' ? [{ name, algorithm: String(algorithm) }] : [];
    } catch {
      return [];
    }
  });
}

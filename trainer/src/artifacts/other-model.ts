import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The name of a model other than `name` that `out` holds a version of, or undefined. Skips cards that cannot be read. */
export function otherModel(out: string, name: string): string | undefined {
  return namesIn(out).find((found) => found !== name);
}

function namesIn(out: string): string[] {
  let folders: string[];
  try {
    folders = readdirSync(out);
  } catch {
    return [];
  }
  return folders.flatMap((folder) => {
    try {
      const card: unknown = JSON.parse(readFileSync(join(out, folder, 'model-card.json'), 'utf8'));
      const { name } = card as { name?: unknown };
      return typeof name === 'string' ? [name] : [];
    } catch {
      return [];
    }
  });
}

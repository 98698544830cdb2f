import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type TrainedVersion = { version: string; model: string; folder: string };

/** The versions in a folder of artifacts, v1 first. Includes those with a broken card: their servers say what is wrong. */
export function findVersions(artifacts: string): TrainedVersion[] {
  let names: string[];
  try {
    names = readdirSync(artifacts);
  } catch {
    return [];
  }
  return names
    .filter((name) => /^v[1-9]\d{0,3}$/.test(name))
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
    .map((version) => ({ version, folder: join(artifacts, version), model: modelName(join(artifacts, version)) }));
}

function modelName(folder: string): string {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'model-card.json'), 'utf8'));
    return typeof name === 'string' ? name : 'iris';
  } catch {
    return 'iris';
  }
}

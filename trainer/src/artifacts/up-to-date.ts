import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type ModelCard, parseModelCard } from '@coppice/contract';
import { modelLibraries } from './libraries.ts';

/** What an artifact is made from: equal sources give equal bytes. */
export type Source = Pick<ModelCard, 'name' | 'version' | 'parameters' | 'libraries'> & {
  data: Pick<ModelCard['data'], 'sha256' | 'target'>;
};

/** Whether `dir` holds an intact artifact made from this source: its card is valid and names the model's hash. */
export function isUpToDate(dir: string, source: Source): boolean {
  try {
    const card = parseModelCard(JSON.parse(readFileSync(join(dir, 'model-card.json'), 'utf8'))).data;
    if (!card) return false;
    const model = readFileSync(join(dir, card.artifact.file));
    return (
      isDeepStrictEqual(essence(card), essence(source)) &&
      createHash('sha256').update(model).digest('hex') === card.artifact.sha256
    );
  } catch {
    // missing or broken: training fixes either
    return false;
  }
}

function essence({ name, version, parameters, libraries, data }: Source): object {
  const decisive = modelLibraries.map((library) => libraries[library]);
  return { name, version, parameters, decisive, sha256: data.sha256, target: data.target };
}

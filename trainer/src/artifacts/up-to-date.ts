import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type ModelCard, modelCard } from '@coppice/contract';
import { modelLibraries } from './libraries.ts';

/** What an artifact is made from: equal sources give equal bytes. */
export type Source = Pick<ModelCard, 'name' | 'version' | 'parameters' | 'libraries'> & {
  data: Pick<ModelCard['data'], 'sha256' | 'target'>;
};

/** Whether `dir` holds a sound artifact made from this source: its card can be read and the model is the one it names. */
export function isUpToDate(dir: string, source: Source): boolean {
  try {
    const card = modelCard.parse(JSON.parse(readFileSync(join(dir, 'model-card.json'), 'utf8')));
    const model = readFileSync(join(dir, card.artifact.file));
    return (
      isDeepStrictEqual(essence(card), essence(source)) &&
      createHash('sha256').update(model).digest('hex') === card.artifact.sha256
    );
  } catch {
    // missing or broken: whatever is wrong with it, training puts it right
    return false;
  }
}

function essence({ name, version, parameters, libraries, data }: Source): object {
  const decisive = modelLibraries.map((library) => libraries[library]);
  return { name, version, parameters, decisive, sha256: data.sha256, target: data.target };
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelCard, parseModelCard } from '@coppice/contract';

/** `text` is the card as it stands in its file: records know a model by that, whatever its format. */
export type WrittenArtifact = {
  card: ModelCard;
  text: Uint8Array;
  model: Uint8Array;
  report: ReadonlyMap<string, Uint8Array>;
};

/** The artifact of a version in `out`; undefined where none is there or its card cannot be read. */
export function readArtifact(out: string, version: string): WrittenArtifact | undefined {
  const folder = join(out, version);
  try {
    const text = readFileSync(join(folder, 'model-card.json'));
    const { data: card } = parseModelCard(JSON.parse(text.toString()));
    return card && { card, text, model: readFileSync(join(folder, card.artifact.file)), report: readReport(folder) };
  } catch {
    return undefined;
  }
}

function readReport(folder: string): Map<string, Uint8Array> {
  const place = join(folder, 'report');
  // an artifact of an earlier Coppice has none
  if (!existsSync(place)) return new Map();
  return new Map(readdirSync(place).map((name) => [`report/${name}`, readFileSync(join(place, name))]));
}

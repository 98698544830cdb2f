import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseModelCard } from '@coppice/contract';
import { openRegistry } from '@coppice/registry/open-registry';
import { formatCard } from '../card/format-card.ts';
import type { Artifact } from './publish.ts';

const by = { who: 'trainer', reason: 'the first releases' };
/** What a registry begins with is an example until a person has said more about it. */
const NOTE = 'not approved: example';

/**
 * Publishes each artifact as the next release of its model, in their order. The first ones of a registry without a champion
 * become champion and challenger; later ones get no alias: a person, or what judges them, gives it. Returns a line for each.
 */
export async function publishReleases(place: string, artifacts: readonly Artifact[]): Promise<string[]> {
  const [first] = artifacts;
  if (!first) return [];
  const registry = await openRegistry(place, first.card.name);
  const { champion } = (await registry.current()).state.aliases;
  const numbers: number[] = [];
  for (const { card, model } of artifacts) {
    const files = new Map<string, Uint8Array>([
      [card.artifact.file, model],
      ['model-card.json', Buffer.from(formatCard(card))],
    ]);
    const lineage = { data: card.data.sha256, commit: card.gitCommit, parent: champion };
    numbers.push((await registry.publish({ files, lineage, who: by.who })).number);
  }
  const [one = 0, two] = numbers;
  const begins = champion === null && (await registry.begin(two === undefined ? [one] : [one, two], NOTE, by));
  return artifacts.map(({ card }, i) => {
    const alias = begins ? ['champion', 'challenger'][i] : undefined;
    return `${card.version}: release ${numbers[i]} of ${card.name} in ${registry.place}${alias ? `, the ${alias}` : ''}`;
  });
}

/** The artifacts of an earlier training, for a registry that has no champion yet. */
export async function takeIntoRegistry(place: string, out: string, versions: readonly string[]): Promise<string[]> {
  const artifacts = versions.flatMap((version) => readArtifact(join(out, version)) ?? []);
  const [first] = artifacts;
  if (!first) return [];
  const registry = await openRegistry(place, first.card.name);
  const { champion } = (await registry.current()).state.aliases;
  return champion === null ? publishReleases(place, artifacts) : [];
}

function readArtifact(folder: string): Artifact | undefined {
  try {
    const { data: card } = parseModelCard(JSON.parse(readFileSync(join(folder, 'model-card.json'), 'utf8')));
    return card && { card, model: readFileSync(join(folder, card.artifact.file)) };
  } catch {
    return undefined;
  }
}

import { join } from 'node:path';
import { aliasOfVersion } from '@coppice/contract';
import { openRegistry } from '@coppice/registry/open-registry';
import { MODEL_FILE, type Release } from '@coppice/registry/release';
import type { Place } from './publish-releases.ts';
import { readArtifact } from './read-artifact.ts';

/**
 * A line for each version whose folder has a model that is no release, as when a person put one there: the version serves
 * the release that it follows, not the folder.
 */
export async function unpublishedFolders(place: Place, out: string, name: string): Promise<string[]> {
  const registry = await openRegistry(place.registry, name);
  const { aliases } = (await registry.current()).state;
  const modelOf = ({ files }: Release) => files[MODEL_FILE]?.sha256;
  const lines: string[] = [];
  for (const [version, alias] of Object.entries(aliasOfVersion)) {
    const [served, card, folder] = [aliases[alias], readArtifact(out, version)?.card, join(out, version)];
    if (served === null || card?.name !== name) continue;
    const { sha256 } = card.artifact;
    // mostly one manifest says enough
    if (modelOf(await registry.release(served)) === sha256) continue;
    if ((await registry.releases()).some((release) => modelOf(release) === sha256)) continue;
    lines.push(
      `${folder} is no release: ${version} serves release ${served} of ${name}, the ${alias}. ${place.command(`publish ${folder}`, name)} makes it one; MODEL_${version.toUpperCase()}_SOURCE=${folder} serves it as it is`,
    );
  }
  return lines;
}

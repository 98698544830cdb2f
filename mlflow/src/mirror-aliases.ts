import { type Alias, aliases } from '@coppice/contract';
import { ChangeRefusedError, UnknownReleaseError } from '@coppice/registry/errors';
import type { Registry } from '@coppice/registry/registry';
import { MODEL_FILE } from '@coppice/registry/release';
import { z } from 'zod';
import type { MlflowClient } from './mlflow-client.ts';
import { readVersion } from './model-version.ts';

/**
 * The tag of the registered model that says which versions an alias was set to by Coppice: one, or two while it moves from one
 * to the other. Another version there was set by someone else.
 */
const mirroredTag = (alias: Alias) => `coppice.mirrored.${alias}`;
const WHO = 'mlflow';

const empty = z.object({});
const registeredModel = z.object({
  registered_model: z.object({
    aliases: z.array(z.object({ alias: z.string(), version: z.coerce.number() })).default([]),
    tags: z.array(z.object({ key: z.string(), value: z.string().nullish() })).default([]),
  }),
});

type Mirror = {
  client: MlflowClient;
  registry: Registry;
  /** MLflow's version of a release; null while it has none. */
  versionOf: (release: number) => Promise<number | null>;
};

/**
 * Sets the registry's aliases in MLflow, where they differ. One that someone moved in MLflow is kept in the registry as an
 * offer first, and put back. Returns a line for each that was moved. Rejects with `MlflowAwayError`, `MlflowRefusedError` and
 * what the registry throws; all may be done again after an end in between.
 */
export async function mirrorAliases({ client, registry, versionOf }: Mirror): Promise<string[]> {
  const { model: name } = registry;
  // MLflow first: what changes in the registry meanwhile is no offer of MLflow's
  const { registered_model: there } = await client.get('registered-models/get', { name }, registeredModel);
  const { state } = await registry.current();
  const lines: string[] = [];
  for (const alias of aliases) {
    const release = state.aliases[alias];
    const wanted = release === null ? null : await versionOf(release);
    // it is sent first
    if (release !== null && wanted === null) continue;
    const found = there.aliases.find((one) => one.alias === alias)?.version ?? null;
    let tag = there.tags.find(({ key }) => key === mirroredTag(alias))?.value ?? null;
    const ours = tag === null || found === null || tag.split(' ').includes(String(found));
    const note = async (...versions: (number | null)[]) => {
      const value = versions.map((one) => one ?? 'none').join(' ');
      if (value !== tag)
        await client.post('registered-models/set-tag', { name, key: mirroredTag(alias), value }, empty);
      tag = value;
    };
    if (found !== wanted) {
      if (!ours) lines.push(await offer(alias, found));
      await note(found, wanted);
      if (wanted === null) await client.change('DELETE', 'registered-models/alias', { name, alias }, empty);
      else await client.post('registered-models/alias', { name, alias, version: String(wanted) }, empty);
      lines.push(
        `${alias} in MLflow: ${words(found)} → ${words(wanted)}${release === null ? '' : `, release ${release}`}`,
      );
    }
    await note(wanted);
  }
  return lines;

  async function offer(alias: Alias, version: number): Promise<string> {
    const { release, sha256 } = await readVersion(client, name, version);
    const moved = `${alias} was moved to version ${version} in MLflow`;
    const foreign = `${moved}, which is no release here: npm run registry -- import makes it one`;
    if (release === null) return foreign;
    try {
      // the same number of another registry is another release
      if ((await registry.release(release)).files[MODEL_FILE]?.sha256 !== sha256) return foreign;
      await registry.offer(alias, release, { who: WHO, reason: `moved to version ${version} in MLflow` });
      return `${moved}: release ${release} is offered as ${alias}`;
    } catch (error) {
      if (error instanceof UnknownReleaseError) return foreign;
      if (error instanceof ChangeRefusedError) return `${moved}: ${error.message}`;
      throw error;
    }
  }
}

const words = (version: number | null) => (version === null ? 'none' : `version ${version}`);

import { MODEL_FILE, type Release } from '@coppice/registry/release';
import { z } from 'zod';
import { type MlflowClient, MlflowRefusedError } from './mlflow-client.ts';
import { RELEASE_TAG, SHA256_TAG } from './mlflow-models.ts';

/** A version of a registered model that was a release once. */
export type MlflowVersion = {
  /** The number that MLflow gave. */
  version: string;
  release: number;
  /** Of `model.onnx`. */
  sha256: string;
  runId: string;
  /** Where its files are, such as `mlflow-artifacts:/1/RUN/artifacts/model`. */
  source: string;
};

const tags = z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]);
const page = z.object({
  model_versions: z
    .array(
      z.object({
        version: z.coerce.string(),
        run_id: z.string().default(''),
        source: z.string().default(''),
        tags,
      }),
    )
    .default([]),
  next_page_token: z.string().optional(),
});

/** All versions of a model that are releases, the oldest first; of two of the same release only the first. */
export async function findVersions(client: MlflowClient, model: string): Promise<MlflowVersion[]> {
  const versions: MlflowVersion[] = [];
  let token: string | undefined;
  do {
    const query = { filter: `name=${quoted(model)}`, max_results: '200', ...(token && { page_token: token }) };
    const answer = await client.get('model-versions/search', query, page);
    for (const { version, run_id: runId, source, tags } of answer.model_versions) {
      const tag = (name: string) => tags.find(({ key }) => key === name)?.value ?? '';
      const release = Number(tag(RELEASE_TAG));
      if (Number.isSafeInteger(release) && release > 0)
        versions.push({ version, release, sha256: tag(SHA256_TAG), runId, source });
    }
    token = answer.next_page_token || undefined;
  } while (token);
  versions.sort((a, b) => Number(a.version) - Number(b.version));
  return versions.filter((one, at) => versions.findIndex((other) => isSame(one, other)) === at);
}

/** The version that is this release; null while MLflow does not have it. It is whole: a version is registered last. */
export async function findVersion(client: MlflowClient, release: Release): Promise<MlflowVersion | null> {
  const versions = await findVersions(client, release.model);
  return versions.find((version) => isOf(version, release)) ?? null;
}

/** Whether a version is this release, and not one of the same number of another registry. */
export function isOf({ release, sha256 }: MlflowVersion, { number, files }: Release): boolean {
  return release === number && sha256 === files[MODEL_FILE]?.sha256;
}

const registered = z.object({
  registered_model: z.object({
    aliases: z.array(z.object({ alias: z.string(), version: z.coerce.string() })).default([]),
  }),
});

/** MLflow's own aliases of a model, by name, each with the version's number; null while there is no such model. */
export async function findAliases(client: MlflowClient, model: string): Promise<Map<string, string> | null> {
  try {
    const { registered_model: found } = await client.get('registered-models/get', { name: model }, registered);
    return new Map(found.aliases.map(({ alias, version }) => [alias, version]));
  } catch (error) {
    if (error instanceof MlflowRefusedError && error.code === 'RESOURCE_DOES_NOT_EXIST') return null;
    throw error;
  }
}

/** Sets an alias of a model to a version's number. */
export async function setMlflowAlias(client: MlflowClient, model: string, alias: string, version: string) {
  await client.post('registered-models/alias', { name: model, alias, version }, z.unknown());
}

/** A text in a filter of MLflow. Names of models have no quotes. */
const quoted = (text: string) => `'${text.replaceAll("'", '')}'`;

const isSame = (one: MlflowVersion, other: MlflowVersion) =>
  one.release === other.release && one.sha256 === other.sha256;

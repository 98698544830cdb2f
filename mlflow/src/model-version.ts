import { z } from 'zod';
import type { MlflowClient } from './mlflow-client.ts';
import { RELEASE_TAG, SHA256_TAG } from './mlflow-models.ts';

const found = z.object({
  model_version: z.object({
    version: z.coerce.number().int().positive(),
    run_id: z.string().nullish(),
    creation_timestamp: z.coerce.number().nullish(),
    tags: z.array(z.object({ key: z.string(), value: z.string().nullish() })).default([]),
  }),
});

/** A version of a registered model, as far as Coppice reads it. */
export type ModelVersion = {
  version: number;
  /** The run that logged it; null of a version that was registered without one. */
  run: string | null;
  /** Differs between two that had the same number, of which one was deleted. */
  created: number;
  /** The number that the tag `coppice.release` has; null of a version that Coppice did not send. */
  release: number | null;
  /** SHA-256 of `model.onnx`; null without the tag `coppice.sha256`. */
  sha256: string | null;
};

/**
 * The version that an alias names, or the one of a number: one small request. Rejects with `MlflowAwayError`, and with
 * `MlflowRefusedError` when there is no such model, alias or version.
 */
export async function readVersion(client: MlflowClient, name: string, which: string | number): Promise<ModelVersion> {
  const { model_version: of } = await (typeof which === 'number'
    ? client.get('model-versions/get', { name, version: String(which) }, found)
    : client.get('registered-models/alias', { name, alias: which }, found));
  const tag = (key: string) => of.tags.find((one) => one.key === key)?.value ?? null;
  const release = Number(tag(RELEASE_TAG) ?? Number.NaN);
  return {
    version: of.version,
    run: of.run_id || null,
    created: of.creation_timestamp ?? 0,
    release: Number.isSafeInteger(release) && release > 0 ? release : null,
    sha256: tag(SHA256_TAG),
  };
}

/** Where the files of a version are, such as `mlflow-artifacts:/1/RUN/artifacts/model`. */
export async function placeOfVersion(client: MlflowClient, name: string, version: number): Promise<string> {
  const shape = z.object({ artifact_uri: z.string() });
  const query = { name, version: String(version) };
  return (await client.get('model-versions/get-download-uri', query, shape)).artifact_uri;
}

/** Where the files of a run are, such as `mlflow-artifacts:/1/RUN/artifacts`. */
export async function placeOfRun(client: MlflowClient, run: string): Promise<string> {
  const shape = z.object({ run: z.object({ info: z.object({ artifact_uri: z.string() }) }) });
  return (await client.get('runs/get', { run_id: run }, shape)).run.info.artifact_uri;
}

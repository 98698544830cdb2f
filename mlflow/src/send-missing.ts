import { BrokenReleaseError } from '@coppice/registry/errors';
import type { Registry } from '@coppice/registry/registry';
import type { Release } from '@coppice/registry/release';
import { type MlflowClient, MlflowRefusedError, UploadRefusedError } from './mlflow-client.ts';
import { findVersions, isOf, type MlflowVersion } from './mlflow-versions.ts';
import { sendRelease } from './send-release.ts';

/** How each release that MLflow does not have came out; `left` more follow. */
export type Sent = { release: Release; left: number } & ({ version: MlflowVersion } | { error: Error });

/** The releases of a registry, the oldest first, each with its version in MLflow or null. */
export async function findSent(
  client: MlflowClient,
  registry: Registry,
): Promise<{ release: Release; version: MlflowVersion | null }[]> {
  const versions = await findVersions(client, registry.model);
  return (await registry.releases())
    .map((release) => ({ release, version: versions.find((version) => isOf(version, release)) ?? null }))
    .reverse();
}

/**
 * Sends what MLflow does not have yet, the oldest release first, so that it gives the same numbers: the registry is the outbox. A
 * release that is broken, or whose files or values MLflow refuses, holds up no other. Rejects like `sendRelease` for all else.
 */
export async function sendMissing(
  client: MlflowClient,
  registry: Registry,
  onSent: (sent: Sent) => void,
): Promise<void> {
  const missing = (await findSent(client, registry)).filter(({ version }) => version === null);
  for (const [at, { release }] of missing.entries()) {
    const left = missing.length - at - 1;
    try {
      onSent({ release, left, version: await sendRelease(client, registry, release) });
    } catch (error) {
      const ofRelease =
        error instanceof BrokenReleaseError ||
        error instanceof UploadRefusedError ||
        (error instanceof MlflowRefusedError && error.code === 'INVALID_PARAMETER_VALUE');
      if (!ofRelease) throw error;
      onSent({ release, left, error });
    }
  }
}

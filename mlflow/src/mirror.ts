import type { Registry } from '@coppice/registry/registry';
import { mirrorAliases } from './mirror-aliases.ts';
import type { MlflowClient } from './mlflow-client.ts';
import { findVersions, isOf } from './mlflow-versions.ts';
import { sendRelease } from './send-release.ts';

/**
 * Keeps MLflow as the registry is: sends the releases that it lacks, the oldest first, and mirrors the aliases. It remembers only
 * which releases MLflow has, so that a look without a change is one request to MLflow.
 */
export class Mirror {
  readonly #client: MlflowClient;
  readonly #registry: Registry;
  readonly #versions = new Map<number, number>();

  constructor(client: MlflowClient, registry: Registry) {
    this.#client = client;
    this.#registry = registry;
  }

  /** Returns a line for each thing done. Rejects as `sendRelease` and `mirrorAliases` do; the next look goes on from there. */
  async look(): Promise<string[]> {
    const [client, registry] = [this.#client, this.#registry];
    const releases = (await registry.releases()).toReversed();
    if (releases.length === 0) return [];
    const sent = await this.#send(releases.filter(({ number }) => !this.#versions.has(number)));
    const versionOf = async (release: number) => this.#versions.get(release) ?? null;
    return [...sent, ...(await mirrorAliases({ client, registry, versionOf }))];
  }

  async #send(releases: Awaited<ReturnType<Registry['releases']>>): Promise<string[]> {
    if (releases.length === 0) return [];
    const there = await findVersions(this.#client, this.#registry.model);
    const lines: string[] = [];
    for (const release of releases) {
      const found = there.find((one) => isOf(one, release));
      const { version } = found ?? (await sendRelease(this.#client, this.#registry, release));
      this.#versions.set(release.number, Number(version));
      if (!found) lines.push(`release ${release.number} is version ${version} in MLflow`);
    }
    return lines;
  }
}

import type { Registry } from '@coppice/registry/registry';
import { mirrorAliases } from './mirror-aliases.ts';
import type { MlflowClient } from './mlflow-client.ts';
import { findSent, sendMissing } from './send-missing.ts';

/**
 * Keeps MLflow as the registry is: sends the releases that it lacks, the oldest first, and mirrors the aliases. It remembers only
 * which releases MLflow has, so that a look without a change is one request to MLflow.
 */
export class Mirror {
  readonly #client: MlflowClient;
  readonly #registry: Registry;
  /** MLflow's versions by release; null: it cannot be sent as it is. */
  readonly #versions = new Map<number, number | null>();

  constructor(client: MlflowClient, registry: Registry) {
    this.#client = client;
    this.#registry = registry;
  }

  /** Returns a line for each thing done. Rejects as `sendRelease` and `mirrorAliases` do; the next look goes on from there. */
  async look(): Promise<string[]> {
    const [client, registry] = [this.#client, this.#registry];
    const releases = await registry.releases();
    if (releases.length === 0) return [];
    const lines = releases.some(({ number }) => !this.#versions.has(number)) ? await this.#send() : [];
    const versionOf = async (release: number) => this.#versions.get(release) ?? null;
    return [...lines, ...(await mirrorAliases({ client, registry, versionOf }))];
  }

  async #send(): Promise<string[]> {
    const [client, registry] = [this.#client, this.#registry];
    for (const { release, version } of await findSent(client, registry))
      if (version) this.#versions.set(release.number, Number(version.version));
    const lines: string[] = [];
    await sendMissing(client, registry, (sent) => {
      const { number } = sent.release;
      const known = this.#versions.has(number);
      this.#versions.set(number, 'version' in sent ? Number(sent.version.version) : null);
      if ('version' in sent) lines.push(`release ${number} is version ${sent.version.version} in MLflow`);
      else if (!known) lines.push(`release ${number} is not sent: ${sent.error.message}`);
    });
    return lines;
  }
}

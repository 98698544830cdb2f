import type { Registry } from '@coppice/registry/registry';
import { mirrorAliases } from './mirror-aliases.ts';
import { MlflowAwayError, type MlflowClient, MlflowRefusedError } from './mlflow-client.ts';
import { findSent, sendMissing } from './send-missing.ts';

/** A release that MLflow refused is sent again after so many looks: what refused it may be another setting by then. */
const LOOKS_BETWEEN = 100;

/**
 * Keeps MLflow as the registry is: sends the releases that it lacks, the oldest first, and mirrors the aliases. It remembers only
 * which releases MLflow has, so that a look without a change is one request to MLflow.
 */
export class Mirror {
  readonly #client: MlflowClient;
  readonly #registry: Registry;
  /** MLflow's versions by release; null: it cannot be sent as it is. */
  readonly #versions = new Map<number, number | null>();
  /** What was said last about each release that is not sent, and about all of them. */
  readonly #unsent = new Map<number | 'all', string>();
  #looks = 0;

  constructor(client: MlflowClient, registry: Registry) {
    this.#client = client;
    this.#registry = registry;
  }

  /**
   * Returns a line for each thing done, and for what keeps releases from being sent, once: aliases are mirrored all the same. Rejects
   * as `mirrorAliases` does; the next look goes on from there.
   */
  async look(): Promise<string[]> {
    const [client, registry] = [this.#client, this.#registry];
    const releases = await registry.releases();
    if (releases.length === 0) return [];
    const again = ++this.#looks % LOOKS_BETWEEN === 0;
    const lacks = releases.some(({ number }) => (again ? !this.#versions.get(number) : !this.#versions.has(number)));
    const { lines, trouble } = lacks ? await this.#send() : { lines: [], trouble: null };
    const versionOf = async (release: number) => this.#versions.get(release) ?? null;
    try {
      return [...lines, ...(await mirrorAliases({ client, registry, versionOf }))];
    } catch (error) {
      // a version may be deleted there, or the server have another volume
      if (error instanceof MlflowRefusedError) this.#versions.clear();
      // nobody has read these lines
      this.#unsent.clear();
      throw trouble ?? error;
    }
  }

  async #send(): Promise<{ lines: string[]; trouble: Error | null }> {
    const [client, registry] = [this.#client, this.#registry];
    const lines: string[] = [];
    const sayOnce = (about: number | 'all', why: string, line: string) => {
      if (this.#unsent.get(about) !== why) lines.push(line);
      this.#unsent.set(about, why);
    };
    try {
      for (const { release, version } of await findSent(client, registry))
        if (version) this.#versions.set(release.number, Number(version.version));
      await sendMissing(client, registry, (sent) => {
        const { number } = sent.release;
        this.#versions.set(number, 'version' in sent ? Number(sent.version.version) : null);
        if ('version' in sent) lines.push(`release ${number} is version ${sent.version.version} in MLflow`);
        else sayOnce(number, sent.error.message, `release ${number} is not sent: ${sent.error.message}`);
      });
      this.#unsent.delete('all');
      return { lines, trouble: null };
    } catch (error) {
      if (!(error instanceof MlflowRefusedError || error instanceof MlflowAwayError)) throw error;
      sayOnce('all', error.message, `${error.message}; releases that it does not have are sent later`);
      return { lines, trouble: error };
    }
  }
}

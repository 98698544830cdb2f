import { BrokenReleaseError } from '@coppice/registry/errors';
import type { Registry } from '@coppice/registry/registry';
import { CARD_FILE, type Release } from '@coppice/registry/release';
import { readModelCard } from '@coppice/serverkit';
import { cardIdentity } from '../versions/card-identity.ts';

/** Cards that are read at a time: one can have megabytes. */
const AT_A_TIME = 8;

/** By what predictions of a release are recorded, read from its card, once. */
export class CardIdentities {
  readonly #registry: Pick<Registry, 'file'>;
  readonly #known = new Map<string, string>();

  constructor(registry: Pick<Registry, 'file'>) {
    this.#registry = registry;
  }

  /** In the order of the releases. Rejects while the registry is away. */
  async of(releases: readonly Release[]): Promise<string[]> {
    const unknown = releases.filter((release) => !this.#known.has(fileOf(release)));
    for (let i = 0; i < unknown.length; i += AT_A_TIME)
      await Promise.all(unknown.slice(i, i + AT_A_TIME).map((release) => this.#read(release)));
    return releases.map((release) => this.#known.get(fileOf(release)) as string);
  }

  async #read(release: Release): Promise<void> {
    const bytes = await this.#registry.file(release, CARD_FILE).catch((error) => {
      // a list shows the others
      if (error instanceof BrokenReleaseError) return null;
      throw error;
    });
    const card = bytes && readModelCard(JSON.parse(Buffer.from(bytes).toString('utf8'))).data;
    this.#known.set(fileOf(release), card ? cardIdentity(card) : fileOf(release));
  }
}

/** The SHA-256 of the card's file, which has other spaces than what predictions are recorded by. */
const fileOf = ({ files }: Release) => files[CARD_FILE]?.sha256 as string;

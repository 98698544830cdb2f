import { type Alias, aliases } from '@coppice/contract';
import { BrokenReleaseError, UnknownReleaseError } from '@coppice/registry/errors';
import { ofModel } from '@coppice/registry/of-model';
import type { Registry } from '@coppice/registry/registry';
import { CARD_FILE, MODEL_FILE } from '@coppice/registry/release';
import { ArtifactError, parseArtifact } from '../model/read-artifact.ts';
import type { KeptCopy } from './kept-copy.ts';
import { type Artifact, type ModelSource, SourceError, type Wanted } from './model-source.ts';

/** A release by its number, or whichever an alias names. */
export type Selector = Alias | number;

/** A registry's release, followed from one to the next while the server runs. */
export class RegistrySource implements ModelSource {
  readonly follows = true;
  readonly #registry: Registry;
  readonly #selector: Selector;
  readonly #kept: KeptCopy | null;

  constructor(registry: Registry, selector: Selector, kept: KeptCopy | null) {
    this.#registry = registry;
    this.#selector = selector;
    this.#kept = kept;
  }

  async find(): Promise<Wanted> {
    const number = await this.#number();
    const file = (name: string) => this.#file(number, name);
    return { key: `release ${number}`, release: number, read: () => this.#read(number), file, warning: null };
  }

  /** The copy of the last start, while the registry cannot be reached. */
  async kept(why: string): Promise<Wanted | null> {
    const copy = await this.#kept?.read();
    if (!copy || (typeof this.#selector === 'number' && copy.release !== this.#selector)) return null;
    const { release, read } = copy;
    const file = (name: string) => this.#file(release, name);
    return {
      key: `release ${release}`,
      release,
      read,
      file,
      warning: `serves the kept copy of release ${release}: ${why}`,
    };
  }

  async serves({ release, warning }: Wanted, artifact: Artifact): Promise<void> {
    if (release !== null && warning === null) await this.#kept?.keep(release, artifact);
  }

  async #number(): Promise<number> {
    if (typeof this.#selector === 'number') return this.#selector;
    const { model, place } = this.#registry;
    let number: number | null;
    try {
      number = (await this.#registry.current()).state.aliases[this.#selector];
    } catch (cause) {
      throw new SourceError(`the registry cannot be read: ${(cause as Error).message}`, { cause });
    }
    if (number === null)
      throw new SourceError(
        `${model} has no ${this.#selector} in ${place}: npm run registry -- alias ${this.#selector} NUMBER${ofModel(model)}`,
      );
    return number;
  }

  async #file(number: number, name: string): Promise<Uint8Array | null> {
    const release = await this.#registry.release(number);
    return Object.hasOwn(release.files, name) ? this.#registry.file(release, name) : null;
  }

  async #read(number: number): Promise<Artifact> {
    try {
      const release = await this.#registry.release(number);
      const [card, onnx] = await Promise.all([
        this.#registry.file(release, CARD_FILE),
        this.#registry.file(release, MODEL_FILE),
      ]);
      return parseArtifact(`release ${number}`, Buffer.from(card), Buffer.from(onnx));
    } catch (cause) {
      if (cause instanceof UnknownReleaseError || cause instanceof BrokenReleaseError)
        throw new ArtifactError(cause.message, { cause });
      throw cause;
    }
  }
}

/** `champion`, `challenger` or a number; undefined for anything else. */
export function readSelector(text: string): Selector | undefined {
  if (/^[1-9]\d{0,7}$/.test(text)) return Number(text);
  return aliases.find((alias) => alias === text);
}

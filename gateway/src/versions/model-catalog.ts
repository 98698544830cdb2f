import { hash } from 'node:crypto';
import type { ModelCard } from '@coppice/contract';
import { numbersNamed, type RowSchema, rowSchema, specOf } from '@coppice/serverkit';

/** What all versions have in common: the same features and the same classes, in the same order. */
export type ModelShape = {
  schema: RowSchema;
  /** Names of the features: those of the schema. */
  features: readonly string[];
  classes: readonly string[];
  /** Card of the first version that answered; null for a foreign server without one. */
  card: ModelCard | null;
};

/** No version has sent the shape of the model yet. */
export class NoModelError extends Error {}

/** What the versions say about the model, collected as they become ready. */
export class ModelCatalog {
  /** Resolves after the first version's answer. */
  readonly known: Promise<ModelShape>;
  readonly #cards = new Map<string, ModelCard | null>();
  readonly #releases = new Map<string, string | null>();
  readonly #resolve: (shape: ModelShape) => void;
  readonly #onShape: ((shape: ModelShape) => void)[] = [];
  readonly #onReplaced: ((version: string) => void)[] = [];
  readonly #onRelease: ((version: string, release: string | null) => void)[] = [];
  #shape: ModelShape | null = null;
  /** The version whose card the shape has. */
  #source: string | null = null;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<ModelShape>();
    this.known = promise;
    this.#resolve = resolve;
  }

  shape(): ModelShape | null {
    return this.#shape;
  }

  /** Throws `NoModelError` while no version has answered yet. */
  require(): ModelShape {
    if (this.#shape) return this.#shape;
    throw new NoModelError('No version of the model is ready yet.');
  }

  /** Calls back with the shape once it is known, and again when its card comes later or changes. */
  onShape(listener: (shape: ModelShape) => void): void {
    this.#onShape.push(listener);
    if (this.#shape) listener(this.#shape);
  }

  /** Calls back when a version serves another model than before: what was counted of it belongs to the old one. */
  onReplaced(listener: (version: string) => void): void {
    this.#onReplaced.push(listener);
  }

  /** Calls back with the release of a version whenever it is identified. */
  onRelease(listener: (version: string, release: string | null) => void): void {
    this.#onRelease.push(listener);
  }

  card(version: string): ModelCard | null {
    return this.#cards.get(version) ?? null;
  }

  /** Identity of what runs in a version: the SHA-256 of its card as JSON, without spaces; null if it has no card. */
  release(version: string): string | null {
    return this.#releases.get(version) ?? null;
  }

  /**
   * Enters what a version serves, or that it now serves another model. Throws, in words for an operator, if that does not
   * fit the other versions.
   */
  accept(version: string, { features, classes, card }: { features: number; classes: number; card: ModelCard | null }) {
    if (card && (card.features.length !== features || card.classes.length !== classes))
      throw new Error('its model card does not fit its tensors');
    const schema = card ? rowSchema(card.features.map(specOf)) : numbersNamed(numbered('feature', features));
    const shape: ModelShape = {
      schema,
      features: schema.names,
      classes: card?.classes.map(({ name }) => name) ?? numbered('class', classes),
      card,
    };
    if (this.#shape) mustFit(shape, this.#shape);
    const replaced = this.#cards.has(version);
    this.#cards.set(version, card);
    const release = card && hash('sha256', JSON.stringify(card));
    this.#releases.set(version, release);
    for (const listener of this.#onRelease) listener(version, release);
    if (!this.#shape?.card || this.#source === version) this.#setShape(version, shape);
    if (replaced) for (const listener of this.#onReplaced) listener(version);
  }

  #setShape(version: string, shape: ModelShape): void {
    // without a card there is nothing in it that the shape lacks
    if (this.#shape && !shape.card) return;
    this.#shape = shape;
    this.#source = version;
    for (const listener of this.#onShape) listener(shape);
    this.#resolve(shape);
  }
}

function mustFit(shape: ModelShape, known: ModelShape): void {
  for (const part of ['features', 'classes'] as const) {
    const bothNamed = shape.card && known.card;
    const same = bothNamed
      ? shape[part].join('\n') === known[part].join('\n')
      : shape[part].length === known[part].length;
    if (same) continue;
    const list = bothNamed ? `${shape[part].join(', ')}` : `${shape[part].length}`;
    const expected = bothNamed ? `${known[part].join(', ')}` : `${known[part].length}`;
    throw new Error(
      `its ${part} (${list}) differ from the other versions' (${expected}); restart the gateway after all versions changed`,
    );
  }
}

const numbered = (word: string, n: number) => Array.from({ length: n }, (_, i) => `${word}_${i}`);

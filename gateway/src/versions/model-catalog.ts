import type { ModelCard } from '@coppice/contract';

/** What all versions have in common: the same features and the same classes, in the same order. */
export type ModelShape = {
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
  readonly #cards = new Map<string, ModelCard>();
  readonly #resolve: (shape: ModelShape) => void;
  readonly #listeners: ((shape: ModelShape) => void)[] = [];
  #shape: ModelShape | null = null;

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

  /** Calls back with the shape once it is known, and again if a card later names the features of a foreign server. */
  onShape(listener: (shape: ModelShape) => void): void {
    this.#listeners.push(listener);
    if (this.#shape) listener(this.#shape);
  }

  card(version: string): ModelCard | null {
    return this.#cards.get(version) ?? null;
  }

  /** Enters a version's shape. Throws, in words for an operator, if it does not fit the other versions. */
  accept(version: string, sizes: { features: number; classes: number }, card: ModelCard | null): void {
    if (card && (card.features.length !== sizes.features || card.classes.length !== sizes.classes))
      throw new Error('its model card does not fit its tensors');
    const shape: ModelShape = {
      features: card?.features.map(({ name }) => name) ?? numbered('feature', sizes.features),
      classes: card?.classes.map(({ name }) => name) ?? numbered('class', sizes.classes),
      card,
    };
    if (this.#shape) mustFit(shape, this.#shape);
    if (card) this.#cards.set(version, card);
    if (this.#shape && (this.#shape.card || !card)) return;
    this.#shape = shape;
    for (const listener of this.#listeners) listener(shape);
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

import type { ModelCard } from '@coppice/contract';

/** What all versions have in common: they take the same features and know the same classes, in the same order. */
export type ModelShape = {
  features: readonly string[];
  classes: readonly string[];
  /** Card of the first version that answered; null when it is a foreign server without one. */
  card: ModelCard | null;
};

/** No version has shown what the model looks like. */
export class NoModelError extends Error {}

/** What is known about the model, learned from its versions as they become ready. */
export class ModelCatalog {
  /** Resolves when the first version has answered. */
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

  /** Calls back with the shape when it becomes known, and again if a card later gives names to a foreign server's numbers. */
  onShape(listener: (shape: ModelShape) => void): void {
    this.#listeners.push(listener);
    if (this.#shape) listener(this.#shape);
  }

  card(version: string): ModelCard | null {
    return this.#cards.get(version) ?? null;
  }

  /** Takes what a version says of itself. Throws, in words for an operator, when it does not fit the other versions. */
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
      `its ${part} (${list}) are not those of the other versions (${expected}); restart the gateway after all versions changed`,
    );
  }
}

const numbered = (word: string, n: number) => Array.from({ length: n }, (_, i) => `${word}_${i}`);

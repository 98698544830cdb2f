import type { ModelCard } from '@coppice/contract';
import type { InferAnswer } from './infer-job.ts';

/** Brings the answers of one version into the fleet's order of the classes. */
export class ClassOrder {
  readonly #own: readonly string[];
  readonly #fleet: () => readonly string[] | undefined;
  #classes: readonly string[] | undefined;
  /** Of each own class its index in the fleet; null if that is the same for all. */
  #to: readonly number[] | null = null;

  /** `own`: its classes in its order, which the fleet has as well. */
  constructor(own: readonly string[], fleet: () => readonly string[] | undefined) {
    this.#own = own;
    this.#fleet = fleet;
  }

  apply(answer: InferAnswer): InferAnswer {
    const classes = this.#fleet();
    if (classes !== this.#classes) {
      this.#classes = classes;
      this.#to = classes ? indicesIn(classes, this.#own) : null;
    }
    return this.#to ? permuted(answer, this.#to) : answer;
  }
}

/** A model card as it would be with its classes in this order. */
export function withClasses(card: ModelCard, classes: readonly string[]): ModelCard {
  const to = indicesIn(
    classes,
    card.classes.map(({ name }) => name),
  );
  if (!to) return card;
  // a card may leave figures out
  const moved = <T>(values: readonly T[]) =>
    values.length === to.length ? to.map((_, i) => values[to.indexOf(i)] as T) : [...values];
  const { metrics } = card;
  return {
    ...card,
    classes: moved(card.classes),
    rows: card.rows.map((row) => ({ ...row, class: to[row.class] ?? row.class })),
    metrics: { ...metrics, perClass: moved(metrics.perClass), confusion: moved(metrics.confusion).map(moved) },
  };
}

function indicesIn(classes: readonly string[], own: readonly string[]): readonly number[] | null {
  const to = own.map((name) => classes.indexOf(name));
  return to.includes(-1) || to.every((index, i) => index === i) ? null : to;
}

function permuted({ labels, probabilities, classes, release }: InferAnswer, to: readonly number[]): InferAnswer {
  const moved = Int32Array.from(labels, (label) => to[label] as number);
  if (!probabilities) return { labels: moved, probabilities, classes, release };
  const shares = new Float64Array(probabilities.length);
  for (let i = 0; i < shares.length; i++) {
    const own = i % classes;
    shares[i - own + (to[own] as number)] = probabilities[i] as number;
  }
  return { labels: moved, probabilities: shares, classes, release };
}

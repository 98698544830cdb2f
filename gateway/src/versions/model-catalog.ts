import type { ModelCard } from '@coppice/contract';
import type { RowSchema } from '@coppice/serverkit';
import { cardIdentity } from './card-identity.ts';
import type { FleetView } from './column-map.ts';
import { fleetCard } from './fleet-card.ts';
import { type FleetSchema, fleetSchema } from './fleet-schema.ts';
import type { Served } from './served.ts';

/** What the versions take and answer together. */
export type ModelShape = {
  /** The union of the versions' features, by name. */
  schema: RowSchema;
  /** Names of the features: those of the schema. */
  features: readonly string[];
  /** In the order of the first version that answered; the answers of others are brought into it. */
  classes: readonly string[];
  /**
   * The first version's own card if all have its features, else one of all features; null for foreign servers without
   * one. It lacks what no card describes: match its features by name.
   */
  card: ModelCard | null;
};

/** No version has sent the shape of the model yet. */
export class NoModelError extends Error {}

const NONE: readonly string[] = [];

/** What the versions say about the model, collected as they become ready. */
export class ModelCatalog {
  /** Resolves after the first version's answer. */
  readonly known: Promise<ModelShape>;
  /** In version order. */
  #members = new Map<string, Served>();
  #own: FleetSchema['own'] = new Map();
  readonly #required = new Map<string, readonly string[]>();
  readonly #releases = new Map<string, string | null>();
  /** Identity of each release that a version was found to serve, by its number. */
  readonly #byNumber = new Map<string, Map<string, string | null>>();
  readonly #resolve: (shape: ModelShape) => void;
  readonly #onShape: ((shape: ModelShape) => void)[] = [];
  readonly #onReplaced: ((version: string) => void)[] = [];
  readonly #onAnnounced: ((version: string, release: number | null) => Promise<void>)[] = [];
  readonly #onRelease: ((version: string, release: string | null) => void)[] = [];
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

  /** Calls back with the shape once it is known, and again whenever features, classes' names or card change. */
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

  /** Asks `listener` to get ready for the release that a version is found to serve, before it is entered; null: it has no number. */
  onAnnounced(listener: (version: string, release: number | null) => Promise<void>): void {
    this.#onAnnounced.push(listener);
  }

  /** Resolves once all who listen are ready for what a version serves now. `accept` follows. */
  async announce(version: string, { release }: Pick<Served, 'release'>): Promise<void> {
    const number = release == null ? null : Number(release);
    await Promise.all(this.#onAnnounced.map((listener) => listener(version, number)));
  }

  card(version: string): ModelCard | null {
    return this.#members.get(version)?.card ?? null;
  }

  /** The features of one version, in its own order; null before it is identified. */
  own(version: string): RowSchema | null {
    return this.#own.get(version) ?? null;
  }

  /** What the wire of one version needs of it. */
  view(version: string): FleetView {
    return {
      own: () => this.own(version),
      schema: () => this.#shape?.schema ?? null,
      classes: () => this.#shape?.classes,
    };
  }

  /** Names of the features without which a version cannot answer; none before it is identified. */
  required(version: string): readonly string[] {
    return this.#required.get(version) ?? NONE;
  }

  /**
   * Identity of what runs in a version: the SHA-256 of its card as JSON, without spaces, as it was written; null if it has no card. `answered`
   * is the number of the release that an answer came from: its identity, null if the version was never found to serve it.
   */
  release(version: string, answered: string | null = null): string | null {
    if (answered !== null && answered !== (this.#members.get(version)?.release ?? null))
      return this.#byNumber.get(version)?.get(answered) ?? null;
    return this.#releases.get(version) ?? null;
  }

  /** Number of the release that a version serves; null of one that names none. */
  releaseNumber(version: string): number | null {
    const number = this.#members.get(version)?.release;
    return number == null ? null : Number(number);
  }

  /**
   * Enters what a version serves, or that it now serves another model. Throws, in words for an operator, if that does not
   * fit the other versions.
   */
  accept(version: string, served: Served): void {
    const { features, classes, card } = served;
    if (card && (card.features.length !== features || card.classes.length !== classes))
      throw new Error('its model card does not fit its tensors');
    const replaced = this.#members.has(version);
    const members = inOrder(new Map(this.#members).set(version, served));
    const schemas = fleetSchema(
      Array.from(members, ([name, of]) => ({ version: name, served: of })),
      version,
    );
    const fleetClasses = classesWith(served, this.#shape, [...this.#members.values()]);
    this.#members = members;
    this.#own = schemas.own;
    for (const [name, { specs }] of schemas.own) this.#setRequired(name, specs.flatMap(required));
    const release = card && cardIdentity(card);
    this.#releases.set(version, release);
    if (served.release != null)
      this.#byNumber.getOrInsertComputed(version, () => new Map()).set(served.release, release);
    for (const listener of this.#onRelease) listener(version, release);
    this.#setShape(schemas.all, fleetClasses);
    if (replaced) for (const listener of this.#onReplaced) listener(version);
  }

  #setRequired(version: string, names: readonly string[]): void {
    if (this.#required.get(version)?.join('\n') !== names.join('\n')) this.#required.set(version, names);
  }

  #setShape(union: RowSchema, classes: readonly string[]): void {
    const before = this.#shape;
    // the same array of names while nothing changes, for it stands for the columns of rows
    const schema = before && sameSchema(before.schema, union) ? before.schema : union;
    const cards = [...this.#members.values()].flatMap(({ card }) => card ?? []);
    const card = fleetCard(cards, schema, classes);
    if (before?.schema === schema && before.classes === classes && before.card === card) return;
    const shape = { schema, features: schema.names, classes, card };
    this.#shape = shape;
    for (const listener of this.#onShape) listener(shape);
    this.#resolve(shape);
  }
}

/** The fleet's classes with those of one more version. Throws if they are others. */
function classesWith(served: Served, shape: ModelShape | null, members: readonly Served[]): readonly string[] {
  const own = served.card?.classes.map(({ name }) => name) ?? null;
  if (!shape) return own ?? Array.from({ length: served.classes }, (_, i) => `class_${i}`);
  const known = shape.classes;
  const named = members.some(({ card }) => card);
  const fit =
    own && named ? [...own].sort().join('\n') === [...known].sort().join('\n') : served.classes === known.length;
  if (fit) return own && !named ? own : known;
  const [its, expected] = own && named ? [own.join(', '), known.join(', ')] : [served.classes, known.length];
  throw new Error(
    `its classes (${its}) differ from the other versions' (${expected}); restart the gateway after all versions changed`,
  );
}

const inOrder = (members: ReadonlyMap<string, Served>) =>
  new Map([...members].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })));

const required = ({ name, nullable }: RowSchema['specs'][number]) => (nullable ? [] : [name]);

const sameSchema = (a: RowSchema, b: RowSchema) =>
  JSON.stringify([a.specs, a.arrayLengths]) === JSON.stringify([b.specs, b.arrayLengths]);

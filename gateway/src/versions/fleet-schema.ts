import type { FeatureKind } from '@coppice/contract';
import { type FeatureSpec, type RowSchema, rowSchema, specOf } from '@coppice/serverkit';
import { featureName, featureOfInput } from './feature-of-input.ts';
import type { Served } from './served.ts';

/** The features of the fleet, and those of each version in its own order. */
export type FleetSchema = { all: RowSchema; own: ReadonlyMap<string, RowSchema> };

type Member = { version: string; served: Served };

/**
 * The union of the versions' features by name, in version order: those of the first version in its own order, then further
 * ones of the next. A feature may be missing if one version can answer without it. `members` are in version order.
 * Throws, in words for an operator of `newcomer`, if its features do not fit the others'.
 */
export function fleetSchema(members: readonly Member[], newcomer: string): FleetSchema {
  const specs = new Map<string, readonly FeatureSpec[]>();
  const named = new KnownFeatures(newcomer);
  for (const { version, served } of members)
    if (served.card) specs.set(version, named.enter(version, served.card.features.map(specOf)));
  for (const { version, served } of members)
    if (!served.card && served.columns) specs.set(version, named.enter(version, columnSpecs(served.columns, named)));
  for (const { version, served } of members)
    if (!specs.has(version)) specs.set(version, byPosition({ version, served }, specs, members, newcomer));
  const inOrder = members.map(({ version }) => specs.get(version) as readonly FeatureSpec[]);
  return {
    all: rowSchema(union(inOrder), inOrder[0]?.length),
    own: new Map(members.map(({ version }, i) => [version, rowSchema(inOrder[i] as readonly FeatureSpec[])])),
  };
}

function union(versions: readonly (readonly FeatureSpec[])[]): FeatureSpec[] {
  const found = new Map<string, FeatureSpec[]>();
  for (const specs of versions) for (const spec of specs) found.set(spec.name, [...(found.get(spec.name) ?? []), spec]);
  return Array.from(found.values(), (of) => {
    const [first] = of as [FeatureSpec];
    const header = of.find((spec) => spec.header !== undefined)?.header;
    const nullable = of.length < versions.length || of.some((spec) => spec.nullable);
    const common = { name: first.name, header, nullable };
    if (first.kind !== 'category') return { ...common, kind: first.kind };
    const values = new Set(of.flatMap((spec) => (spec.kind === 'category' ? spec.values : [])));
    return { ...common, kind: 'category', values: [...values] };
  });
}

/** The kind of each feature, and which version said so first. */
class KnownFeatures {
  readonly #newcomer: string;
  readonly #known = new Map<string, { spec: FeatureSpec; version: string }>();

  constructor(newcomer: string) {
    this.#newcomer = newcomer;
  }

  specs(): FeatureSpec[] {
    return Array.from(this.#known.values(), ({ spec }) => spec);
  }

  enter(version: string, specs: readonly FeatureSpec[]): readonly FeatureSpec[] {
    for (const spec of specs) {
      const known = this.#known.get(spec.name);
      if (!known) this.#known.set(spec.name, { spec, version });
      else if (known.spec.kind !== spec.kind) this.#refuse(spec, version, known);
    }
    return specs;
  }

  #refuse(spec: FeatureSpec, version: string, known: { spec: FeatureSpec; version: string }): never {
    const [its, other, whose] =
      known.version === this.#newcomer ? [known.spec, spec, version] : [spec, known.spec, known.version];
    throw new Error(`its feature ${spec.name} is a ${its.kind}, and ${whose}'s a ${other.kind}`);
  }
}

/**
 * Features of a server that has one input per column: those that a model card of another version describes, by name, and
 * else new ones. It says nothing of missing values, so none may be missing.
 */
function columnSpecs(columns: NonNullable<Served['columns']>, named: KnownFeatures): FeatureSpec[] {
  const known = named.specs();
  const seen = new Set<string>();
  return columns.map(({ name, text }) => {
    const feature = featureOfInput(name, known);
    const common = { name: feature?.name ?? featureName(name), nullable: false };
    if (seen.has(common.name)) throw new Error(`two of its inputs are the feature ${common.name}`);
    seen.add(common.name);
    const kind = kindOf(text, feature?.kind);
    return kind === 'category' ? { ...common, kind, values: [] } : { ...common, kind };
  });
}

/** An input of numbers takes a boolean or a date, too. */
function kindOf(text: boolean, known: FeatureKind | undefined): FeatureKind {
  if (text) return 'category';
  return known === undefined || known === 'category' ? 'number' : known;
}

/** Features of a server that only says how many they are: those of the first version that has as many. */
function byPosition(
  { version, served }: Member,
  specs: ReadonlyMap<string, readonly FeatureSpec[]>,
  members: readonly Member[],
  newcomer: string,
): readonly FeatureSpec[] {
  const named = members.flatMap(({ version: name, served: { card, columns } }) =>
    card || columns ? [{ name, specs: specs.get(name) as readonly FeatureSpec[] }] : [],
  );
  const model = served.byName ? named[0] : named.find((one) => one.specs.length === served.features);
  const other = members.find((member) => member.version !== version && member.served.features !== served.features);
  if (!model && (named.length > 0 || other)) {
    const mine = members.find((member) => member.version === newcomer)?.served.features;
    const theirs = version === newcomer ? (named[0]?.specs.length ?? other?.served.features) : served.features;
    throw new Error(`its features (${mine}) differ from the other versions' (${theirs})`);
  }
  if (!model) return Array.from({ length: served.features }, (_, i) => numberNamed(`feature_${i}`));
  const text = served.byName ? undefined : model.specs.find(({ kind }) => kind === 'category');
  if (text)
    throw new Error(
      version === newcomer
        ? `its one input takes numbers, and ${model.name}'s feature ${text.name} is a category`
        : `its feature ${text.name} is a category, and ${version}'s one input takes numbers`,
    );
  return model.specs.map((spec) => ({ ...spec, nullable: false }));
}

const numberNamed = (name: string): FeatureSpec => ({ name, nullable: false, kind: 'number' });

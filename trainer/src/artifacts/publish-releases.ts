import { type Alias, aliasOfVersion, type ModelCard } from '@coppice/contract';
import { comparisonClause } from '@coppice/evaluation/report-sentence';
import { openRegistry } from '@coppice/registry/open-registry';
import type { Registry } from '@coppice/registry/registry';
import { MODEL_FILE } from '@coppice/registry/release';
import { formatCard } from '../card/format-card.ts';
import type { Artifact } from './publish.ts';
import { readArtifact } from './read-artifact.ts';

/** A registry, and the command with which a person does something in it to a model. */
export type Place = { registry: string; command: (words: string, model: string) => string };

const by = { who: 'trainer', reason: 'the first releases' };
/** What a registry begins with is an example until a person has said more about it. */
const NOTE = 'not approved: example';

type Publishable = Artifact & { text?: Uint8Array };

/**
 * Publishes each artifact as the next release of its model, in their order. In a registry without a champion v1 becomes that,
 * and v2 the challenger; later ones get no alias: a person, or what judges them, gives it. With `again`, a model that is a
 * release already stays that one. Returns a line for each, and one that says what to do next.
 */
export async function publishReleases(
  place: Place,
  artifacts: readonly Publishable[],
  { again = false } = {},
): Promise<string[]> {
  const [first] = artifacts;
  if (!first) return [];
  const registry = await openRegistry(place.registry, first.card.name);
  const { champion } = (await registry.current()).state.aliases;
  const before = again ? await registry.releases() : [];
  const numbers = new Map<string, number>();
  const fresh: ModelCard[] = [];
  for (const artifact of artifacts) {
    const { card } = artifact;
    const same = before.find(({ files }) => files[MODEL_FILE]?.sha256 === card.artifact.sha256);
    if (!same) fresh.push(card);
    numbers.set(card.version, same?.number ?? (await publish(registry, artifact, champion)));
  }
  const begins = champion === null && (await begin(registry, numbers));
  const lines = artifacts.map(({ card: { version, name }, comparison }) => {
    const alias = begins && aliasOfVersion[version];
    return `${version}: release ${numbers.get(version)} of ${name} in ${registry.place}${alias ? `, the ${alias}` : ''}${comparison ? `; ${comparisonClause(comparison)}` : ''}`;
  });
  return begins || fresh.length === 0 ? lines : [...lines, nextStep(place, fresh, numbers, champion)];
}

/** The artifacts of an earlier training as its releases, if the registry has no champion of their model yet. */
export async function takeIntoRegistry(place: Place, out: string, name: string): Promise<string[]> {
  const artifacts = Object.keys(aliasOfVersion)
    .flatMap((version) => readArtifact(out, version) ?? [])
    .filter(({ card }) => card.name === name);
  if (!artifacts.some(({ card }) => card.version === 'v1')) return [];
  const registry = await openRegistry(place.registry, name);
  const { champion } = (await registry.current()).state.aliases;
  return champion === null ? publishReleases(place, artifacts, { again: true }) : [];
}

async function publish(
  registry: Registry,
  { card, model, text = Buffer.from(formatCard(card)), report = new Map(), comparison }: Publishable,
  parent: number | null,
): Promise<number> {
  const files = new Map<string, Uint8Array>([[card.artifact.file, model], ['model-card.json', text], ...report]);
  const lineage = { data: card.data.sha256, commit: card.gitCommit, parent };
  const { number } = await registry.publish({ files, lineage, who: by.who });
  if (comparison) await registry.keepComparison({ ...comparison, release: number });
  return number;
}

async function begin(registry: Registry, numbers: ReadonlyMap<string, number>): Promise<boolean> {
  const [champion, challenger] = [numbers.get('v1'), numbers.get('v2')];
  if (champion === undefined) return false;
  return registry.begin(challenger === undefined ? [champion] : [champion, challenger], NOTE, by);
}

/** The most accurate one is the next to look at; of equal ones the first. */
function nextStep(
  { command }: Place,
  cards: readonly ModelCard[],
  numbers: ReadonlyMap<string, number>,
  champion: number | null,
): string {
  const accuracy = ({ metrics }: ModelCard) => metrics.accuracy;
  const best = cards.reduce((most, card) => (accuracy(card) > accuracy(most) ? card : most));
  const [version, alias] = (champion === null ? ['v1', 'champion'] : ['v2', 'challenger']) satisfies [string, Alias];
  return `no version serves ${cards.length === 1 ? 'it' : 'them'} yet: ${command(`alias ${alias} ${numbers.get(best.version)}`, best.name)} gives it to ${version}`;
}

import type { AliasOffer, ModelCard } from '@coppice/contract';
import type { Change, RegistryState } from '@coppice/registry/registry-state';
import type { Release } from '@coppice/registry/release';
import { printable } from '@coppice/serverkit';
import { wilsonInterval } from '@coppice/statistics/wilson-interval';
import type { Judgement } from './judge-release.ts';

/** The releases of a model as a table, the newest first. */
export function listText(model: string, releases: readonly Release[], state: RegistryState): string {
  if (releases.length === 0)
    return `No release of ${model} yet: npm run registry -- publish artifacts/v1; --model names another model`;
  const releasesTable = table([
    ['release', 'alias', 'approval', 'accuracy', 'features', 'published', 'tags'],
    ...releases.map((release) => [
      String(release.number),
      aliasesOf(release.number, state).join(', '),
      approvalOf(release.number, state),
      accuracyText(release.summary.accuracy, release.summary.testRows),
      String(release.summary.features),
      release.createdAt.slice(0, 16).replace('T', ' '),
      Object.entries(state.tags[release.number] ?? {})
        .map(([name, value]) => `${name}=${value}`)
        .join(', '),
    ]),
  ]);
  return lines([releasesTable, ...state.offers.map((offer) => offerText(offer))]);
}

/** Everything about one release. */
export function releaseText(release: Release, card: ModelCard, state: RegistryState): string {
  const verdict = state.approvals[release.number];
  const { lineage, files } = release;
  return lines([
    `${release.model} ${release.number}${aliasesOf(release.number, state)
      .map((alias) => ` · ${alias}`)
      .join('')}`,
    `  published   ${release.createdAt} by ${release.createdBy}`,
    `  approval    ${verdict ? `${approvalOf(release.number, state)} by ${verdict.who} at ${verdict.time}${verdict.reason ? `: ${verdict.reason}` : ''}` : 'none'}`,
    ...state.offers.filter((one) => one.release === release.number).map((one) => `  offer       ${offerText(one)}`),
    `  accuracy    ${accuracyText(card.metrics.rows > 0 ? card.metrics.accuracy : null, card.metrics.rows)}`,
    `  classes     ${card.classes.map(({ name }) => name).join(', ')}`,
    `  features    ${card.features.map(({ name, kind }) => (kind === 'number' ? name : `${name} (${kind})`)).join(', ')}`,
    `  parameters  ${parametersText(card)}`,
    `  data        ${card.data.file}, ${card.data.rows} rows, sha256 ${(lineage.data ?? card.data.sha256).slice(0, 12)}…`,
    `  commit      ${lineage.commit ?? 'unknown'}`,
    `  parent      ${lineage.parent ?? 'none'}`,
    ...Object.entries(files).map(
      ([name, { bytes, sha256 }], i) =>
        `  ${i === 0 ? 'files     ' : '          '}  ${name}, ${bytes} bytes, sha256 ${sha256.slice(0, 12)}…`,
    ),
  ]);
}

type Side = { release: Release; card: ModelCard };

/** Two releases side by side; rows that are equal are left out, except the figures. */
export function compareText(a: Side, b: Side): string {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const recall = ({ card }: Side, name: string) => {
    const found = card.metrics.perClass.find((one) => one.class === name);
    return found ? percent(found.recall) : '–';
  };
  const classes = [...new Set([a, b].flatMap(({ card }) => card.classes.map(({ name }) => name)))];
  const parameters = [...new Set([a, b].flatMap(({ card }) => Object.keys(card.parameters)))];
  const both = (name: string, of: (side: Side) => string) => [name, of(a), of(b)];
  const differing = [
    ...parameters.map((name) => both(name, ({ card }) => String(card.parameters[name] ?? '–'))),
    both('features', ({ card }) => card.features.map(({ name }) => name).join(', ')),
    both('training data', ({ card }) => `${card.data.file} ${card.data.sha256.slice(0, 8)}…`),
    both('rows', ({ card }) => String(card.data.rows)),
  ].filter(([, left, right]) => left !== right);
  const sameRows = a.card.data.sha256 === b.card.data.sha256 && a.card.metrics.rows === b.card.metrics.rows;
  return lines([
    table([
      ['', String(a.release.number), String(b.release.number)],
      both('accuracy', ({ card }) =>
        accuracyText(card.metrics.rows > 0 ? card.metrics.accuracy : null, card.metrics.rows),
      ),
      both('F1, macro', ({ card }) => percent(card.metrics.f1)),
      ...classes.map((name) => both(`recall ${name}`, (side) => recall(side, name))),
      ...differing,
    ]),
    ...(sameRows ? [] : ['tested on different rows: the figures say little about which is better']),
  ]);
}

/** Each line of the gate with what was found, and the approval. `file`: of the gate. */
export function gateText(
  model: string,
  file: string,
  { release, lines: judged, elsewhere, approval }: Judgement,
): string {
  const failed = judged.filter(({ passed }) => !passed).length;
  const said = approval && `${approval.approved ? 'approved' : 'REJECTED'} by ${approval.who}`;
  return lines([
    `${model} ${release}, by ${file}`,
    table([
      ...judged.map(({ line, passed, found }) => [passed ? '  pass' : '  FAIL', line, found]),
      ...elsewhere.map((line) => ['  –', line, 'the gateway judges it, which has the replays: GET /releases']),
    ]),
    `${failed === 0 ? 'No line fails' : `${failed} of ${judged.length} ${judged.length === 1 ? 'line' : 'lines'} ${failed === 1 ? 'fails' : 'fail'}`}; ${said ?? 'not approved yet'}.`,
  ]);
}

export function auditText(model: string, changes: readonly Change[]): string {
  if (changes.length === 0) return `No change of ${model} yet; --model names another model.`;
  return table([
    ['revision', 'time', 'who', 'what', 'reason'],
    ...changes.map(({ revision, time, who, what, reason }) => [String(revision), time, who, what, reason]),
  ]);
}

/** What was moved elsewhere, and how a person takes it up or turns it down. */
function offerText({ alias, release, who, since }: AliasOffer): string {
  const accept =
    alias === 'champion' ? `alias challenger ${release}, then promote ${release}` : `alias ${alias} ${release}`;
  return `${who} offers ${release} as ${alias} since ${since.slice(0, 16).replace('T', ' ')}: ${accept}, or decline ${alias}`;
}

function aliasesOf(number: number, { aliases }: RegistryState): string[] {
  return Object.entries(aliases).flatMap(([alias, at]) => (at === number ? [alias] : []));
}

function approvalOf(number: number, { approvals }: RegistryState): string {
  const verdict = approvals[number];
  return verdict ? (verdict.approved ? 'approved' : 'rejected') : '';
}

function accuracyText(accuracy: number | null, rows: number): string {
  if (accuracy === null) return 'not tested';
  const [low, high] = wilsonInterval(Math.round(accuracy * rows), rows);
  return `${(100 * accuracy).toFixed(1)} % [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`;
}

const parametersText = ({ parameters }: ModelCard) =>
  Object.entries(parameters)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return lines(
    rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
  );
}

const lines = (texts: readonly string[]) =>
  texts
    .map((text) =>
      text
        .split('\n')
        .map((line) => printable(line))
        .join('\n'),
    )
    .join('\n');

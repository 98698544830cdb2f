import type { ModelCard } from '@coppice/contract';
import type { Base } from '../data/base-rows.ts';

type Card = Pick<ModelCard, 'name' | 'parameters' | 'data'>;

const KINDS = 'number|category|boolean|date|text|id';

/** Options that read the base file as the champion's training read its own. */
export function baseArguments({ name, parameters, data }: Card): string[] {
  const { header, drop, only, types, sample, seed } = parameters;
  return [
    ...['--name', name, '--target', data.target],
    ...(header === undefined ? [] : [header ? '--header' : '--no-header']),
    ...(drop === undefined ? [] : ['--drop', String(drop)]),
    ...(only === undefined ? [] : ['--only', String(only)]),
    // a card has them as `zip=category, rate (a, b)=number`
    ...(types === undefined ? [] : String(types).split(new RegExp(`(?<==(?:${KINDS})), `))).flatMap((one) => [
      '--type',
      one,
    ]),
    ...rowArguments(parameters),
    ...(sample === undefined ? [] : ['--sample', String(sample)]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
  ];
}

/** Options that train on gathered rows a forest like the champion's; `version` is what the card calls it. */
export function trainArguments(
  { name, parameters }: Card,
  { columns, target }: Pick<Base, 'columns' | 'target'>,
  version: string,
): string[] {
  const { trees = 100, depth = 7, leaves, seed } = parameters;
  return [
    ...['--name', name, '--target', target, '--header'],
    ...columns.flatMap(({ title, kind }) => ['--type', `${title}=${kind}`]),
    // the next job reads the base file by this release's card
    ...columns.flatMap(({ title }) => ['--only', title]),
    ...rowArguments(parameters),
    ...['--forest', `${version}=${trees}x${depth}`],
    ...(leaves === undefined ? [] : ['--leaves', String(leaves)]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
  ];
}

function rowArguments({ dropMissing, dropRare }: Card['parameters']): string[] {
  return [
    ...(dropMissing === true ? ['--drop-missing'] : []),
    ...(dropRare === undefined ? [] : ['--drop-rare', String(dropRare)]),
  ];
}

import type { ModelCard } from '@coppice/contract';
import type { Base } from '../data/base-rows.ts';

type Card = Pick<ModelCard, 'name' | 'parameters' | 'data'>;

const KINDS = 'number|category|boolean|date|text|id';

/** Options that read the base file as the champion's training read its own. */
export function baseArguments({ name, parameters, data }: Card): string[] {
  const { header, drop, only, types, dropMissing, dropRare, sample, seed } = parameters;
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
    ...(dropMissing === true ? ['--drop-missing'] : []),
    ...(dropRare === undefined ? [] : ['--drop-rare', String(dropRare)]),
    ...(sample === undefined ? [] : ['--sample', String(sample)]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
  ];
}

/**
 * Options that train on gathered rows a forest like the champion's; `version` is what the card calls it. They leave no row out: the
 * base file's rows were chosen when it was read.
 */
export function trainArguments(
  { name, parameters }: Pick<Card, 'name' | 'parameters'>,
  { columns, target }: Pick<Base, 'columns' | 'target'>,
  version: string,
): string[] {
  const { trees = 100, depth = 7, leaves, seed } = parameters;
  return [
    ...['--name', name, '--target', target, '--header'],
    ...columns.flatMap(({ title, kind }) => ['--type', `${title}=${kind}`]),
    ...columns.flatMap(({ title }) => ['--only', title]),
    ...['--forest', `${version}=${trees}x${depth}`],
    ...(leaves === undefined ? [] : ['--leaves', String(leaves)]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
  ];
}

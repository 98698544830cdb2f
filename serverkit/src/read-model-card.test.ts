import { hash } from 'node:crypto';
import { cardOf } from '@coppice/testkit/card-of-rows';
import { expect, it } from 'vitest';
import { readModelCard } from './read-model-card.ts';

const card = cardOf(
  [0, 1].map((label) => ({ features: [label], label })),
  ['a'],
);

it('gives a card of format 1 the release that it had', () => {
  const { features, classes, ...rest } = card;
  const written = {
    ...{ ...rest, format: 1 },
    features: features.map(({ kind, nullable, missing, ...feature }) => feature),
    classes: classes.map(({ typical, ...known }) => ({ ...known, medians: typical })),
  };
  const { data } = readModelCard(written);
  expect(data).toEqual({ ...card, release: hash('sha256', JSON.stringify(written)) });
  // as a model server sends it on
  expect(readModelCard(data).data).toEqual(data);
});

it('leaves a card of format 2 as it is', () => {
  expect(readModelCard(card).data).toEqual(card);
});

it('refuses what is no card, as parseModelCard does', () => {
  for (const value of [null, [], { format: 1 }, { ...card, format: 3 }])
    expect(readModelCard(value).success).toBe(false);
});

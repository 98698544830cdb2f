import { rowSchema, specOf } from '@coppice/serverkit';
import { cardWith, category, number } from '@coppice/testkit/small-card';
import { describe, expect, it } from 'vitest';
import { trialRows } from './trial.ts';

const card = cardWith([number('a'), category('c', ['red', 'blue'])], ['x', 'y']);
const own = rowSchema(card.features.map(specOf));

describe('the rows of a trial', () => {
  it('are training rows of different classes', () => {
    expect(trialRows(own, card)).toEqual(card.rows.map(({ features }) => ({ features, columns: own.names, rows: 1 })));
  });

  it('of a server without a card are those of the fleet, with usual values where these have gaps', () => {
    const gaps = { ...card, rows: card.rows.map((row) => ({ ...row, features: [null, null] })) };
    const foreign = rowSchema([
      { name: 'c', nullable: false, kind: 'category', values: [] },
      { name: 'new', nullable: false, kind: 'date' },
      { name: 'a', nullable: false, kind: 'number' },
    ]);
    expect(trialRows(foreign, card).map(({ features }) => features)).toEqual([
      ['red', '1970-01-01', 0],
      ['red', '1970-01-01', 1],
    ]);
    expect(trialRows(foreign, gaps)[0]?.features).toEqual(['red', '1970-01-01', 0.5]);
  });

  it('are made up where no version has a card', () => {
    expect(trialRows(own, null).map(({ features }) => features)).toEqual([
      [0, 'red'],
      [0, 'red'],
    ]);
  });
});

import { expect, it } from 'vitest';
import { driftBadge } from './drift-badge.ts';

it.each([
  [true, true, '▲ drift', 'bad'],
  [true, false, '✓ no drift', 'good'],
  [false, false, 'no verdict yet', 'muted'],
  [false, true, 'no verdict yet', 'muted'],
])('shows judged %s and drifted %s as %s', (judged, drifted, words, tone) => {
  expect(driftBadge(judged, drifted)).toEqual({ words, tone });
});

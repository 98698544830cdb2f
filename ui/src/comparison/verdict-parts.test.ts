import { expect, it } from 'vitest';
import { verdictParts } from './verdict-parts.ts';

it.each([
  ['v2 is better: accuracy +2.3 points', 'v2 is better', 'accuracy +2.3 points'],
  ['v2 is worse in errors: 0.8 %; withheld: accuracy.', 'v2 is worse in errors', '0.8 %; withheld: accuracy.'],
  ['No difference seen.', 'No difference seen.', ''],
])('"%s" says "%s" because of "%s"', (words, says, because) => expect(verdictParts(words)).toEqual({ says, because }));

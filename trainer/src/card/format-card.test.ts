import type { ModelCard } from '@coppice/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatCard } from './format-card.ts';

it('writes each list of plain values on one line, whatever its texts', () => {
  const card = {
    rows: [{ features: [1, 'a [b],\n"c"', true, null], class: 0 }],
    parameters: {},
  } as unknown as ModelCard;
  expect(formatCard(card).split('\n')).toEqual([
    '{',
    '  "rows": [',
    '    {',
    '      "features": [1, "a [b],\\n\\"c\\"", true, null],',
    '      "class": 0',
    '    }',
    '  ],',
    '  "parameters": {}',
    '}',
    '',
  ]);
});

it('is JSON of the same content', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (content) => {
      expect(JSON.parse(formatCard(content as unknown as ModelCard))).toEqual(JSON.parse(JSON.stringify(content)));
    }),
    { seed: 2 },
  );
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readBlocks } from './read-blocks.ts';

it('finds the blocks that are marked as runnable, and no others', () => {
  expect(readBlocks(readFileSync(new URL('./fixture.md', import.meta.url), 'utf8'))).toEqual([
    { line: 4, commands: ['B=first', 'echo "$B" \\', '  and more'] },
    {
      line: 28,
      commands: ['  echo \'{"a":1,"b":[{"c":"\'"$B"\'"}]}\''],
      answer: '  { "a": 1, "b": [{ "c": "…" }] }',
    },
    { line: 36, commands: ['echo last'] },
  ]);
});

it.each(['sh', 'sh run x', 'sh running', 'bash run', 'run'])('leaves a block that is marked %s alone', (info) => {
  expect(readBlocks(`\`\`\`${info}\nexit 1\n\`\`\`\n`)).toEqual([]);
});

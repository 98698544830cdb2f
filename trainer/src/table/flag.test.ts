import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { flag } from './flag.ts';

it.each([
  ['age', '--drop age'],
  ['temp (max)', "--drop 'temp (max)'"],
  ["it's $HOME", "--drop 'it'\\''s $HOME'"],
  ['two\nlines, "q" and \'s\'', "--drop $'two\\nlines, \"q\" and \\'s\\''"],
  ['back\\slash\ttab', "--drop $'back\\\\slash\\ttab'"],
])('writes %j as bash reads it', (value, line) => {
  expect(flag('--drop', value)).toBe(line);
  expect(execFileSync('bash', ['-c', `printf %s ${line.slice('--drop '.length)}`], { encoding: 'utf8' })).toBe(value);
});

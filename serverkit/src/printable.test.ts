import { describe, expect, it } from 'vitest';
import { printable, printableLines } from './printable.ts';

describe('text for a terminal', () => {
  it.each([
    ['setosa', 'setosa'],
    ['Iris × größer 👩‍🔬', 'Iris × größer 👩‍🔬'],
    ['red \u001b[31m', 'red \\x1b[31m'],
    ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
    ['a\nb\rc\td', 'a\\nb\\rc\\td'],
    ['\u0085\u009b31m\u007f\u0000', '\\x85\\x9b31m\\x7f\\x00'],
    ['\u2028\u2029', '\\u2028\\u2029'],
    ['txt\u202egnp', 'txt\\u202egnp'],
  ])('%j is written as %j', (text, expected) => expect(printable(text)).toBe(expected));

  it('keeps the lines of a stack, and nothing else', () => {
    expect(printableLines('Error: x\u001b[2J\r\n\tat y')).toBe('Error: x\\x1b[2J\\x0d\n\tat y');
  });
});

/**
 * Text from outside for a terminal: control characters (ANSI sequences, line breaks, C1) and characters that change the
 * direction of what follows are written as escapes, so that nobody's text moves the cursor or forges a line.
 */
export function printable(text: string): string {
  return text.replaceAll(HARMFUL, (character) => short[character] ?? escaped(character));
}

/** The same for text of several lines that were made here, such as a stack: line breaks and tabs stay. */
export function printableLines(text: string): string {
  return text.replaceAll(HARMFUL, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

/** Control, format and separator characters, except for the joiners that words and emoji need. */
const HARMFUL = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const short: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

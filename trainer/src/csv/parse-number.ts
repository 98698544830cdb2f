/** Larger numbers could overflow when squared and summed. */
const largest = 1e100;

/** A decimal number (spaces around it allowed), or what is wrong with the text. */
export function parseNumber(text: string): number | { problem: string } {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'is empty' };
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return { problem: 'is not a number' };
  const value = Number(trimmed);
  return Math.abs(value) <= largest ? value : { problem: `is beyond ${largest}` };
}

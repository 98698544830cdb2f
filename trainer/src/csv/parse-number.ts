/** Larger numbers could overflow when squared and summed. */
const largest = 1e100;

/** A decimal number (spaces around it allowed), with a point or with a decimal `mark` of one's own, or what is wrong with the text. */
export function parseNumber(text: string, mark: '.' | ',' = '.'): number | { problem: string } {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'is empty' };
  const plain = mark === ',' ? trimmed.replace(',', '.') : trimmed;
  if (mark === ',' && trimmed.includes('.') && isNumber(trimmed))
    return { problem: 'has a decimal point where other cells have a decimal comma' };
  if (!isNumber(plain)) return { problem: 'is not a number' };
  const value = Number(plain);
  return Math.abs(value) <= largest ? value : { problem: `is beyond ${largest}` };
}

const isNumber = (text: string) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);

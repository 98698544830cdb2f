import { parseNumber } from './parse-number.ts';

const first = 1024;
const none = Number.NaN;

/**
 * The cells of one column in 8 bytes each where they are numbers as JavaScript writes them, else in 4 more and one copy of
 * each different text: a table takes no more than a few times its file. Cells are trimmed.
 */
export class CellColumn {
  /** Numbers by row; NaN where the cell is a word. */
  numbers = new Float64Array(first);
  /** Words by row, as indices of `words`; −1 where the cell is a number. Null: all cells are numbers. */
  codes: Int32Array | null = null;
  words: string[] = [];
  length = 0;
  /** The decimal mark: the one of the first fraction, if commas are allowed. */
  mark: '.' | ',' | undefined;
  #index = new Map<string, number>();

  constructor({ commas }: { commas: boolean }) {
    this.mark = commas ? undefined : '.';
  }

  push(cell: string): void {
    const text = cell.trim();
    const row = this.length++;
    if (row === this.numbers.length) this.numbers = grown(this.numbers, new Float64Array(2 * row));
    const number = this.#plain(text);
    this.numbers[row] = number ?? none;
    if (number !== undefined) {
      if (this.codes) this.#codesFor(row)[row] = -1;
      return;
    }
    this.#codesFor(row)[row] = this.#codeOf(text);
  }

  /** A cell as it was written. */
  text(row: number): string {
    const code = this.codes?.[row] ?? -1;
    return code >= 0 ? (this.words[code] as string) : this.spell(this.numbers[row] as number);
  }

  spell(number: number): string {
    return this.mark === ',' ? `${number}`.replace('.', ',') : `${number}`;
  }

  /** Gives back what only more cells would need. */
  seal(): this {
    this.#index = new Map();
    this.numbers = this.numbers.slice(0, this.length);
    if (this.codes) this.codes = this.codes.slice(0, this.length);
    return this;
  }

  /** What each word is as a number. */
  wordNumbers(): (number | { problem: string })[] {
    return this.words.map((word) => parseNumber(word, this.mark ?? '.'));
  }

  /** The number that a cell is, if it reads back as the same text. */
  #plain(text: string): number | undefined {
    const first = text.charCodeAt(0);
    // a digit or one of "+,-." begins every number; all else is slower to refuse
    if (!((first >= 43 && first <= 46) || (first >= 48 && first <= 57))) return undefined;
    this.mark ??= markOf(text);
    if (this.mark === ',' && text.includes('.')) return undefined;
    const plain = this.mark === ',' ? text.replace(',', '.') : text;
    const number = Number(plain);
    return Math.abs(number) <= 1e100 && `${number}` === plain ? number : undefined;
  }

  #codeOf(text: string): number {
    let code = this.#index.get(text);
    if (code === undefined) {
      code = this.words.push(text) - 1;
      this.#index.set(text, code);
    }
    return code;
  }

  #codesFor(row: number): Int32Array {
    this.codes ??= new Int32Array(this.numbers.length).fill(-1);
    if (row >= this.codes.length) this.codes = grown(this.codes, new Int32Array(this.numbers.length).fill(-1));
    return this.codes;
  }
}

/** The decimal mark of a fraction; undefined for a whole number or no number. */
function markOf(text: string): '.' | ',' | undefined {
  return /^[+-]?\d*([.,])\d+(e[+-]?\d+)?$/i.exec(text)?.[1] as '.' | ',' | undefined;
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Numbers words in the order of their first use; beyond `size` all share the last number. */
export class Dictionary {
  readonly words: string[] = [];
  readonly #codes = new Map<string, number>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  codeOf(word: string): number {
    const known = this.#codes.get(word);
    if (known !== undefined) return known;
    if (this.words.length === this.#size) return this.#size - 1;
    this.#codes.set(word, this.words.length);
    return this.words.push(word) - 1;
  }
}

/**
 * Which drawn row is shown by which elements: a row that stays in view keeps its own, with the focus that they may have,
 * and one that comes into view takes those of one that left, which costs half of making new ones.
 */
export class RowSlots {
  #slots = new Map<string, number>();

  /** A number for each id, in their order; each id must be there once. */
  assign(ids: readonly string[]): number[] {
    const staying = new Set(ids);
    const free = [...this.#slots].filter(([id]) => !staying.has(id)).map(([, slot]) => slot);
    const taken = new Set(this.#slots.values());
    let next = 0;
    const unused = () => {
      while (taken.has(next)) next++;
      return next++;
    };
    this.#slots = new Map(ids.map((id) => [id, this.#slots.get(id) ?? free.shift() ?? unused()]));
    return [...this.#slots.values()];
  }
}

import type { RowOrigin } from '../storage/port/record-store.ts';

/** Some origins times a few epochs. */
const MANY_ORIGINS = 64;

/** Numbers the origins of rows in the order of their first use. */
export class Origins {
  list: RowOrigin[] = [];
  /** Changes when the numbers mean something else than before. */
  generation = 0;

  get areMany(): boolean {
    return this.list.length >= MANY_ORIGINS;
  }

  /** The newest first: older ones have releases that no longer run. */
  codeOf({ version, assigned, release, source, epoch, columns }: RowOrigin): number {
    const { list } = this;
    for (let i = list.length - 1; i >= 0; i--) {
      const one = list[i] as RowOrigin;
      const same = one.version === version && one.assigned === assigned && one.release === release;
      if (same && one.source === source && one.epoch === epoch && sameNames(one.columns, columns)) return i;
    }
    return list.push({ version, assigned, release, source, epoch, columns }) - 1;
  }

  /** Those of past epochs would travel with each message for ever. */
  forget(): void {
    this.list = [];
    this.generation++;
  }
}

/** The names of rows that were read by one schema are one array. */
function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, i) => name === b[i]));
}

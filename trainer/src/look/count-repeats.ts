import type { Column } from '../table/table.ts';

/** How many test rows have the very features of a training row. By 52-bit hashes: wrong once in a million tables. */
export function countRepeats(
  columns: readonly Column[],
  { train, test }: { train: readonly number[]; test: readonly number[] },
): number {
  const hash = rowHash(columns);
  const seen = new Set(train.map(hash));
  return test.filter((row) => seen.has(hash(row))).length;
}

/** FNV-1a with two offsets, 26 bits of each, over the bits of each value. */
function rowHash(columns: readonly Column[]): (row: number) => number {
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  return (row) => {
    let [a, b] = [0x811c9dc5, 0x9747b28c];
    const mix = (word: number) => {
      a = Math.imul(a ^ (word & 0xffff), 0x01000193) ^ (a >>> 15);
      a = Math.imul(a ^ (word >>> 16), 0x01000193);
      b = Math.imul(b ^ word, 0x85ebca6b);
      b ^= b >>> 13;
    };
    for (const column of columns) {
      number[0] = 'values' in column ? (column.values[row] as number) : (column.codes[row] as number);
      mix(words[0] as number);
      mix(words[1] as number);
    }
    return (a >>> 6) * 2 ** 26 + (b >>> 6);
  };
}

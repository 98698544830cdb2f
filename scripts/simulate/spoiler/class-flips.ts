import type { InferAnswer, Output } from './infer-outputs.ts';

type Label = Output['values'][number];

/**
 * Gives a share of rows another class: the second likeliest changes places with the likeliest, in label and
 * probabilities, so that the answer stays a valid prediction. Where there are no probabilities, any other class seen so far.
 */
export class ClassFlips {
  readonly #random: () => number;
  /** The label of each column of the probabilities, from the answers so far. */
  readonly #labels = new Map<number, Label>();
  readonly #seen: Label[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Changes the answer; returns how many of how many rows it flipped. */
  flip({ outputs }: InferAnswer, share: number): { rows: number; flipped: number } {
    const label = outputs.find(({ header }) => !header.datatype.startsWith('FP'));
    const rows = label?.values.length ?? outputs[0]?.header.shape[0] ?? 0;
    const shares = outputs.find(
      ({ header, values }) => header.datatype.startsWith('FP') && values.length >= 2 * rows && rows > 0,
    );
    let flipped = 0;
    for (let row = 0; row < rows; row++) {
      this.#learn(row, rows, label, shares);
      if (this.#random() < share && this.#flipRow(row, rows, label, shares)) flipped++;
    }
    return { rows, flipped };
  }

  #learn(row: number, rows: number, label: Output | undefined, shares: Output | undefined): void {
    const value = label?.values[row];
    if (value === undefined) return;
    if (!this.#seen.includes(value)) this.#seen.push(value);
    if (shares) this.#labels.set(likeliest(rowOf(shares, row, rows))[0] as number, value);
  }

  #flipRow(row: number, rows: number, label: Output | undefined, shares: Output | undefined): boolean {
    const [first = 0, second = 0] = shares ? likeliest(rowOf(shares, row, rows)) : [];
    if (label) {
      const before = label.values[row];
      const after = shares ? this.#labelOf(second, before) : this.#seen.find((one) => one !== before);
      if (after === undefined || after === before) return false;
      label.values[row] = after;
    }
    if (!shares) return label !== undefined;
    const at = (shares.values.length / rows) * row;
    const [a, b] = [shares.values[at + first] as number, shares.values[at + second] as number];
    shares.values[at + first] = b;
    shares.values[at + second] = a;
    return true;
  }

  /** A class that no answer had yet is its column, where labels are numbers. */
  #labelOf(column: number, like: Label | undefined): Label | undefined {
    const known = this.#labels.get(column);
    if (known !== undefined) return known;
    return typeof like === 'bigint' ? BigInt(column) : typeof like === 'number' ? column : undefined;
  }
}

const rowOf = ({ values }: Output, row: number, rows: number) =>
  values.slice((values.length / rows) * row, (values.length / rows) * (row + 1)) as number[];

/** The columns of the two largest values. */
function likeliest(shares: number[]): number[] {
  return [...shares.keys()].sort((a, b) => (shares[b] as number) - (shares[a] as number)).slice(0, 2);
}

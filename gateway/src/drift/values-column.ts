import type { FeatureValue } from '@coppice/contract';
import type { SeenValues, WindowColumn } from './window-column.ts';

const MISSING = -1;
const UNSEEN = -2;
const SKIPPED = -3;
/** A text that the model does not know is kept so far: a client can send 1,000 characters in each row. */
const MOST_CHARACTERS = 60;

/** Categories and booleans as codes; of values that the model does not know also the text. */
export class ValuesColumn implements WindowColumn {
  readonly #codes: Int32Array;
  readonly #values: readonly (string | boolean)[];
  readonly #known: ReadonlyMap<FeatureValue | undefined, number>;
  readonly #unseen: string[];

  nullable: boolean;

  constructor(capacity: number, values: readonly (string | boolean)[], nullable: boolean) {
    this.nullable = nullable;
    this.#codes = new Int32Array(capacity).fill(SKIPPED);
    this.#values = values;
    this.#known = new Map(values.map((value, code) => [value, code]));
    this.#unseen = new Array<string>(capacity).fill('');
  }

  set(slot: number, value: FeatureValue | undefined): void {
    const code = this.#known.get(value);
    if (code !== undefined) this.#codes[slot] = code;
    else if (value === null) this.#codes[slot] = this.nullable ? MISSING : SKIPPED;
    else if (typeof value !== 'string' || this.#known.has(true)) this.#codes[slot] = SKIPPED;
    else {
      this.#codes[slot] = UNSEEN;
      this.#unseen[slot] = shortened(value);
    }
  }

  at(slot: number): FeatureValue | undefined {
    const code = this.#codes[slot] as number;
    if (code === SKIPPED) return undefined;
    if (code === MISSING) return null;
    return code === UNSEEN ? this.#unseen[slot] : this.#values[code];
  }

  seen(size: number, only?: readonly number[]): SeenValues {
    const counts = new Array<number>(this.#known.size).fill(0);
    const others = new Map<string, number>();
    let [missing, unseen, skipped] = [0, 0, 0];
    const held = only?.length ?? size;
    for (let i = 0; i < held; i++) {
      const slot = only ? (only[i] as number) : i;
      const code = this.#codes[slot] as number;
      if (code >= 0) counts[code] = (counts[code] as number) + 1;
      else if (code === MISSING) missing++;
      else if (code === SKIPPED) skipped++;
      else {
        unseen++;
        const text = this.#unseen[slot] as string;
        others.set(text, (others.get(text) ?? 0) + 1);
      }
    }
    return {
      ...{ counts, missing, unseen, rows: held - skipped },
      others: [...others].map(([value, rows]) => ({ value, rows })).sort((x, y) => y.rows - x.rows),
    };
  }
}

/** A copy, since a slice would keep the whole text in memory. */
function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${Buffer.from(text.slice(0, MOST_CHARACTERS - 1)).toString()}…`;
}

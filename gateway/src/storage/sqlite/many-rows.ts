import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/** More of them together cost no less a row. */
const MOST = 32;

/**
 * Rows of values on their way into a table, 32 a statement: with one each, the statement costs more than the row. What is
 * left over takes a statement for each power of two in its number.
 */
export class ManyRows {
  readonly #db: DatabaseSync;
  readonly #sql: (rows: string) => string;
  readonly #columns: number;
  readonly #waiting: SQLInputValue[];
  readonly #statements = new Map<number, StatementSync>();
  #used = 0;

  /** `sql` puts rows, such as `(?, ?), (?, ?)`, into an `INSERT`. */
  constructor(db: DatabaseSync, columns: number, sql: (rows: string) => string) {
    this.#db = db;
    this.#sql = sql;
    this.#columns = columns;
    this.#waiting = Array(MOST * columns).fill(null);
  }

  /** The next row, a value for each column; returns how many rows this changed: none, or those of a whole statement. */
  add(...row: SQLInputValue[]): number {
    for (let i = 0; i < row.length; i++) this.#waiting[this.#used++] = row[i] as SQLInputValue;
    return this.#used === this.#waiting.length ? this.flush() : 0;
  }

  /** Inserts the rows that wait; returns how many rows this changed. */
  flush(): number {
    let changed = 0;
    let rows = this.#used / this.#columns;
    for (let at = 0, n = MOST; rows > 0; n >>= 1) {
      if (n > rows) continue;
      const end = at + n * this.#columns;
      const values = n === MOST ? this.#waiting : this.#waiting.slice(at, end);
      changed += Number(this.#statement(n).run(...values).changes);
      at = end;
      rows -= n;
    }
    this.clear();
    return changed;
  }

  /** Drops the rows that wait: their transaction failed. */
  clear(): void {
    this.#used = 0;
    // they hold on to the buffers of a message
    this.#waiting.fill(null);
  }

  #statement(rows: number): StatementSync {
    return this.#statements.getOrInsertComputed(rows, () => {
      const row = `(${Array(this.#columns).fill('?').join(', ')})`;
      return this.#db.prepare(this.#sql(Array(rows).fill(row).join(', ')));
    });
  }
}

import { count } from '../table/count.ts';
import { DataError } from '../table/data-error.ts';
import type { Heading } from '../table/table.ts';
import { CellColumn } from './cell-column.ts';
import { DELIMITERS, type Dialect } from './find-dialect.ts';
import { isMissingText } from './missing-values.ts';
import { parseHeader } from './parse-header.ts';
import { parseNumber } from './parse-number.ts';
import { parseRecords } from './parse-records.ts';

/** The columns of a file as it writes them, the line that each row begins on, and what was skipped. */
export type Cells = { headings: Heading[]; columns: CellColumn[]; lines: Int32Array; at: string; notices: string[] };

/**
 * Reads header and cells. `header`: true takes the first line as names even if it looks like a row, false names the columns
 * itself. Throws `DataError` for ragged rows, columns without a name, and a first line that is a row.
 */
export function readCells(text: Buffer, dialect: Dialect, file: string, header: boolean | undefined): Cells {
  const reader = new CellReader(dialect, file, header);
  parseRecords(text, dialect, file, (cells, line) => reader.take(cells, line));
  return reader.finish();
}

class CellReader {
  #dialect: Dialect;
  #file: string;
  #header: boolean | undefined;
  #names: string[] | undefined;
  #at = '';
  #columns: CellColumn[] = [];
  #lines: number[] = [];
  #comments: number;
  #trailing = 0;

  constructor(dialect: Dialect, file: string, header: boolean | undefined) {
    [this.#dialect, this.#file, this.#header, this.#comments] = [dialect, file, header, dialect.comments];
  }

  take(cells: string[], line: number): void {
    if (this.#names === undefined) {
      this.#at = `${this.#file}, line ${line}`;
      this.#names = this.#header === false ? cells.map((_, i) => `column_${i + 1}`) : cells;
      if (this.#names.length < 2 && cells.length < 2)
        throw new DataError(
          `${this.#at}, column 1: only one column, so no feature; cells are separated by comma, semicolon, tab or |`,
        );
      if (this.#header === undefined && cells.every((cell) => typeof parseNumber(cell) === 'number'))
        throw new DataError(`${this.#at}: every cell is a number, so this is a row and not names; ${headerRemedy}`);
      const commas = this.#dialect.delimiter === ';';
      this.#columns = cells.map(() => new CellColumn({ commas }));
      if (this.#header !== false) return;
    }
    this.#takeRow(cells, line);
  }

  finish(): Cells {
    if (this.#names === undefined) throw new DataError(`${this.#file}, line 1: the file is empty`);
    const columns = this.#columns.map((column) => column.seal());
    let headings = parseHeader(this.#names, this.#at);
    const last = columns.at(-1) as CellColumn;
    if (headings.at(-1)?.title === '' && last.words.every(isMissingText) && last.codes !== null) {
      headings = headings.slice(0, -1);
      columns.pop();
      this.#trailing = last.length;
    }
    if (this.#header === undefined) this.#refuseRowAsHeader(headings, columns);
    return { headings, columns, lines: Int32Array.from(this.#lines), at: this.#at, notices: this.#notices() };
  }

  #takeRow(cells: string[], line: number): void {
    const width = this.#columns.length;
    if (cells.length !== width && cells[0]?.trimStart().startsWith('#')) {
      this.#comments++;
      return;
    }
    if (cells.length === width + 1 && cells[width]?.trim() === '') {
      cells.pop();
      this.#trailing++;
    }
    if (cells.length === width - 1 && this.#names?.at(-1)?.trim() === '') cells.push('');
    if (cells.length !== width) {
      const delimiter = DELIMITERS[this.#dialect.delimiter as keyof typeof DELIMITERS];
      throw new DataError(
        `${this.#file}, line ${line}, column ${Math.min(cells.length, width) + 1}: the row has ${cells.length} of ${width} cells${
          cells.length > width
            ? `; a cell that contains a ${delimiter} needs quotes`
            : '; complete the row, or delete it'
        }`,
      );
    }
    for (let i = 0; i < width; i++) (this.#columns[i] as CellColumn).push(cells[i] as string);
    this.#lines.push(line);
  }

  /** A first line whose words all come up again below, beside at least one number over numbers, is a row. */
  #refuseRowAsHeader(headings: readonly Heading[], columns: readonly CellColumn[]): void {
    let numbers = 0;
    const isRow = headings.every(({ title }, i) => {
      const column = columns[i] as CellColumn;
      const isNumber = typeof parseNumber(title, column.mark) === 'number';
      if (isNumber) numbers++;
      return isNumber ? column.codes === null || column.length > column.words.length : column.words.includes(title);
    });
    if (isRow && numbers > 0)
      throw new DataError(
        `${this.#at}: every cell is a value of its column, so this is a row and not names; ${headerRemedy}`,
      );
  }

  #notices(): string[] {
    return [
      ...(this.#comments > 0 ? [`skipped ${count(this.#comments, 'line')} of comment (#)`] : []),
      ...(this.#trailing > 0 ? [`skipped the empty cells at the end of ${count(this.#trailing, 'line')}`] : []),
    ];
  }
}

const headerRemedy = '--no-header names the columns column_1, column_2, …; --header takes the line as names';

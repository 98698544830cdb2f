import { CsvError, parse } from 'csv-parse/sync';
import { DataError } from '../table/data-error.ts';
import type { Dialect } from './find-dialect.ts';

/**
 * Calls back with each record of a CSV file and the line that it begins on; skips blank lines. Throws `DataError` for
 * unbalanced quotes.
 */
export function parseRecords(
  text: Buffer,
  { delimiter, start, line }: Pick<Dialect, 'delimiter' | 'start' | 'line'>,
  file: string,
  onRecord: (cells: string[], line: number) => void,
): void {
  const bytes = text.subarray(start);
  const lines = new LineCounter(bytes, line);
  try {
    parse(bytes, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells: string[], { bytes: end }) => {
        onRecord(cells, lines.skipBlank());
        lines.skipTo(end);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const problem =
      error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'a quote is never closed' : 'a quote inside a cell must be doubled';
    const column = typeof error.column === 'number' ? `, column ${error.column + 1}` : '';
    throw new DataError(`${file}, line ${lines.skipBlank()}${column}: ${problem}`, { cause: error });
  }
}

/** Line numbers by position: csv-parse's own count takes a quoted CR LF for two lines. */
class LineCounter {
  #bytes: Buffer;
  #at = 0;
  #line: number;

  constructor(bytes: Buffer, line: number) {
    this.#bytes = bytes;
    this.#line = line;
  }

  skipTo(end: number): void {
    while (this.#at < end) {
      const byte = this.#bytes[this.#at++];
      if (byte === 0x0a || (byte === 0x0d && this.#bytes[this.#at] !== 0x0a)) this.#line++;
    }
  }

  /** Steps over line breaks; returns the number of the line after them. */
  skipBlank(): number {
    while (this.#bytes[this.#at] === 0x0a || this.#bytes[this.#at] === 0x0d) this.skipTo(this.#at + 1);
    return this.#line;
  }
}

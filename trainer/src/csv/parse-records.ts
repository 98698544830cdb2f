import { CsvError, parse } from 'csv-parse/sync';
import { DataError } from '../table/data-error.ts';

/**
 * Calls back with each record of a CSV file and the line that it begins on; blank lines are no records.
 * Throws `DataError` for quotes that do not add up.
 */
export function parseRecords(
  bytes: Buffer,
  file: string,
  onRecord: (cells: string[], line: number) => void,
  extent: { to?: number } = {},
): void {
  const lines = new LineCounter(bytes);
  try {
    parse(bytes, {
      ...extent,
      bom: true,
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
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'a quote is opened and never closed'
        : 'a quote inside a cell must be doubled';
    const column = typeof error.column === 'number' ? `, column ${error.column + 1}` : '';
    throw new DataError(`${file}, line ${lines.skipBlank()}${column}: ${problem}`, { cause: error });
  }
}

/** Line numbers by position: csv-parse's own count takes a quoted CR LF for two lines. */
class LineCounter {
  #bytes: Buffer;
  #at: number;
  #line = 1;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#at = bytes.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf)) ? 3 : 0;
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

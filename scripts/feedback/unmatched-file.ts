import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { LabelsError } from './read-labels.ts';

/** A CSV of the rows that match no prediction: the columns in use, line and reason. It can be sent again as it is. */
export class UnmatchedFile {
  readonly #file: string;
  readonly #fd: number;
  rows = 0;

  /** Throws `LabelsError` if the file cannot be written. */
  constructor(file: string, columns: readonly string[]) {
    this.#file = file;
    try {
      this.#fd = openSync(file, 'w');
    } catch (cause) {
      throw new LabelsError(`${file} cannot be written (${(cause as NodeJS.ErrnoException).code})`, { cause });
    }
    writeSync(this.#fd, lineOf([...columns, 'line', 'reason']));
  }

  add(cells: readonly string[], line: number, reason: string): void {
    this.rows++;
    writeSync(this.#fd, lineOf([...cells, String(line), reason]));
  }

  /** Removes the file if it has no rows. */
  close(): void {
    closeSync(this.#fd);
    if (this.rows === 0) rmSync(this.#file, { force: true });
  }
}

function lineOf(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}

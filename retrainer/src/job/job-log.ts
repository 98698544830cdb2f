import type { Registry } from '@coppice/registry/registry';
import { printable } from '@coppice/serverkit';

const MOST_LINES = 2000;
const LONGEST = 500;

/** The lines of a job, each with its time; kept in the registry every two seconds and at the end. */
export class JobLog {
  readonly #registry: Pick<Registry, 'keepJobLog'>;
  readonly #id: number;
  readonly #now: () => number;
  readonly #onLine: (line: string) => void;
  #lines: string[];
  #kept = 0;
  #timer: NodeJS.Timeout | null = null;
  #keeping: Promise<void> = Promise.resolve();

  constructor(
    registry: Pick<Registry, 'keepJobLog'>,
    {
      id,
      before = [],
      now,
      onLine,
    }: { id: number; before?: readonly string[]; now: () => number; onLine: (line: string) => void },
  ) {
    this.#registry = registry;
    this.#id = id;
    this.#lines = [...before];
    this.#kept = before.length;
    this.#now = now;
    this.#onLine = onLine;
  }

  /** Adds a line; all but the first 2,000 are dropped. */
  add(text: string): void {
    if (this.#lines.length >= MOST_LINES) return;
    const line = printable(text).slice(0, LONGEST);
    this.#lines.push(`${new Date(this.#now()).toISOString()} ${line}`);
    this.#onLine(line);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      // the next lines, or the end, try again
      this.keep().catch(() => {});
    }, 2000);
  }

  /** Keeps what is not kept yet. */
  keep(): Promise<void> {
    this.#keeping = this.#keeping
      .catch(() => {})
      .then(async () => {
        const { length } = this.#lines;
        if (length === this.#kept) return;
        await this.#registry.keepJobLog(this.#id, this.#lines.slice(0, length));
        this.#kept = length;
      });
    return this.#keeping;
  }

  /** Keeps the rest. */
  async end(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.keep();
  }
}

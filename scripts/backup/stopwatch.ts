/** How long the parts of a backup or restore take. */
export class Stopwatch {
  readonly #seconds = new Map<string, number>();

  /** Does the work of a part; the same part again adds to it. */
  async part<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#seconds.set(name, (this.#seconds.get(name) ?? 0) + (performance.now() - start) / 1000);
    }
  }

  /** `record 0.3 s, releases 1.2 s`. */
  get text(): string {
    return [...this.#seconds].map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`).join(', ');
  }
}

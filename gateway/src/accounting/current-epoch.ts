import type { Epoch } from '../storage/port/epoch.ts';

/** The epoch that requests are assigned in now: the same object until weights or a release change. */
export class CurrentEpoch {
  #epoch: Epoch;

  constructor(versions: readonly string[]) {
    const none = <T>(value: T) => Object.fromEntries(versions.map((version) => [version, value]));
    this.#epoch = { period: 0, weights: none(0), releases: none(null) };
  }

  get now(): Epoch {
    return this.#epoch;
  }

  /** These weights are in force from now on; the same period means that nothing changed. */
  begin(period: number, weights: Readonly<Record<string, number>>): void {
    if (period === this.#epoch.period && sameValues(weights, this.#epoch.weights)) return;
    this.#epoch = { ...this.#epoch, period, weights: { ...weights } };
  }

  /** A version serves this release from now on. */
  released(version: string, release: string | null): void {
    const { releases } = this.#epoch;
    if (releases[version] === release) return;
    this.#epoch = { ...this.#epoch, releases: { ...releases, [version]: release } };
  }

  /** Releases of versions that are not known yet, as the last run knew them. */
  resume({ releases }: Pick<Epoch, 'releases'>): void {
    for (const [version, release] of Object.entries(releases))
      if (this.#epoch.releases[version] === null) this.released(version, release);
  }
}

function sameValues(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  return Object.keys({ ...a, ...b }).every((key) => a[key] === b[key]);
}

import { Gauge, type Registry } from 'prom-client';
import { METRICS } from './metric-names.ts';

/** Which release each version serves; absent of one that names none. */
export class ReleaseGauge {
  readonly #number: Gauge;

  constructor(registry: Registry) {
    this.#number = new Gauge({
      ...{
        name: METRICS.releaseNumber,
        help: 'Number of the release that the version serves.',
        labelNames: ['version'],
      },
      registers: [registry],
    });
  }

  serves(version: string, number: number | null): void {
    if (number === null) this.#number.remove({ version });
    else this.#number.set({ version }, number);
  }
}

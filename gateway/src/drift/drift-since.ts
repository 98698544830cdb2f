import type { DriftReport } from '@coppice/contract';

/** When each drift was first found, in milliseconds since the epoch, by what drifts. */
export type FirstFound = Record<string, number>;

const WHOLE = 'report';
const ofFeature = (name: string) => `feature ${name}`;
const ofMix = (version: string) => `classes ${version}`;

/** Remembers since when each drift of the reports is found without a break. `changed` gets what is to be kept for another run. */
export class DriftSince {
  #found: FirstFound = {};
  readonly #changed: (found: FirstFound) => void;

  constructor(changed: (found: FirstFound) => void = () => {}) {
    this.#changed = changed;
  }

  /** Takes what an earlier run found: a drift that is still there began then. */
  resume(found: FirstFound): void {
    for (const [cause, at] of Object.entries(found))
      this.#found[cause] = Math.min(at, this.#found[cause] ?? Number.POSITIVE_INFINITY);
  }

  /** The models that were judged are no longer served. */
  forget(): void {
    if (Object.keys(this.#found).length === 0) return;
    this.#found = {};
    this.#changed({});
  }

  /** The report with its times. One that judges nothing yet changes nothing. */
  dated(report: DriftReport, now: number): DriftReport {
    if (!report.ready) return report;
    const before = this.#found;
    const found: FirstFound = {};
    const since = (cause: string, { drifted, judged = true }: { drifted: boolean; judged?: boolean }) => {
      // a feature that too few rows have for a while may come back as it was
      const first = drifted ? (before[cause] ?? now) : judged ? undefined : before[cause];
      if (first !== undefined) found[cause] = first;
      return drifted && first !== undefined ? new Date(first).toISOString() : null;
    };
    const features = report.features.map((one) => ({ ...one, since: since(ofFeature(one.feature), one) }));
    const prediction = report.prediction && {
      ...report.prediction,
      versions: report.prediction.versions.map((one) => ({ ...one, since: since(ofMix(one.version), one) })),
    };
    const dated = { ...report, features, prediction, since: since(WHOLE, report) };
    const same = (a: FirstFound, b: FirstFound) => Object.keys(a).every((cause) => a[cause] === b[cause]);
    this.#found = found;
    if (!same(before, found) || !same(found, before)) this.#changed(found);
    return dated;
  }
}

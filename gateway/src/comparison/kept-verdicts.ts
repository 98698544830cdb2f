import { type CandidateComparison, type ComparisonReport, comparisonVerdict } from '@coppice/contract';
import { z } from 'zod';
import type { Storage } from '../storage/open-storage.ts';
import type { Releases } from './pair-epochs.ts';

type FirstVerdict = CandidateComparison['first'][number];

const KIND = 'first-verdicts';
const release = z.string().nullable();

/** What is kept of a pair: each verdict with the releases that it is about. */
const kept = z.array(
  z.object({
    ...{ metric: z.string(), verdict: comparisonVerdict, time: z.string(), effect: z.number() },
    interval: z.tuple([z.number(), z.number()]).nullable(),
    releases: z.object({ candidate: release, baseline: release }),
  }),
);
type Kept = z.infer<typeof kept>;

/** A comparison and a pair of it. `scope`: what names the comparison. */
export type KeptPair = { scope: string; candidate: string; baseline: string };

/** The first `better` or `worse` of each metric of a pair: later verdicts do not take it back. */
export class KeptVerdicts {
  readonly #writer: Storage['writer'];
  /** What was read last: a report does not wait for the database's writer. */
  readonly #known = new Map<string, Kept>();

  constructor({ writer }: Pick<Storage, 'writer'>) {
    this.#writer = writer;
  }

  /** As last read. */
  of(pair: KeptPair, releases: Releases): FirstVerdict[] {
    return (this.#known.get(nameOf(pair)) ?? [])
      .filter((one) => isOf(one, pair, releases))
      .map(({ releases: _, ...verdict }) => verdict);
  }

  /** Reads a pair's. Rejects with `StorageUnavailableError`. */
  async read(pair: KeptPair): Promise<void> {
    const stored = kept.safeParse(await this.#writer.call('documents', 'get', [KIND, nameOf(pair)]));
    this.#known.set(nameOf(pair), stored.data ?? []);
  }

  /** Keeps those of a report that were not there when they were last read. One gateway at a time does it. */
  async keep(scope: string, { baseline, candidates, until }: ComparisonReport, releases: Releases): Promise<void> {
    for (const compared of candidates) {
      const pair = { scope, baseline, candidate: compared.version };
      const before = this.of(pair, releases);
      const added = verdictsOf(compared, until).filter(({ metric }) => !before.some((one) => one.metric === metric));
      if (added.length === 0) continue;
      const served = { candidate: releases[pair.candidate] ?? null, baseline: releases[baseline] ?? null };
      const all = [...(this.#known.get(nameOf(pair)) ?? []), ...added.map((one) => ({ ...one, releases: served }))];
      await this.#writer.call('documents', 'put', [KIND, nameOf(pair), all]);
      this.#known.set(nameOf(pair), all);
    }
  }
}

const nameOf = ({ scope, candidate, baseline }: KeptPair) => `${scope}:${baseline}:${candidate}`;

/** A release that is not known counts as the same. */
function isOf({ releases }: Kept[number], { candidate, baseline }: KeptPair, now: Releases): boolean {
  const same = (then: string | null, current: string | null | undefined) =>
    then === null || !current || then === current;
  return same(releases.candidate, now[candidate]) && same(releases.baseline, now[baseline]);
}

/** What a report decides. The effect of a risk is the difference of its rates. */
function verdictsOf({ means, risks, paired }: CandidateComparison, time: string): FirstVerdict[] {
  return [
    ...means.map(({ metric, verdict, effect, interval }) => ({ metric, verdict, time, effect: effect ?? 0, interval })),
    // the exact test of few events has a verdict before their rates have an interval
    ...risks.map(({ metric, verdict, candidate, baseline, difference_interval: interval }) => {
      return { metric, verdict, time, effect: (candidate.rate ?? 0) - (baseline.rate ?? 0), interval };
    }),
    ...(paired ? [{ metric: 'paired', verdict: paired.verdict, time, effect: shareOf(paired), interval: null }] : []),
  ].filter(({ verdict }) => verdict === 'better' || verdict === 'worse');
}

function shareOf({ candidate_right, baseline_right, rows }: NonNullable<CandidateComparison['paired']>): number {
  return (candidate_right - baseline_right) / rows;
}

import { median } from '../report/stats.ts';

/** The gateway's own metrics at one moment. */
export type Sample = { seconds: number; rssMb: number; heapMb: number; handles: number; lagP99Ms: number };

const watched = {
  rssMb: 'process_resident_memory_bytes',
  heapMb: 'nodejs_heap_size_used_bytes',
  handles: 'nodejs_active_resources_total',
  lagP99Ms: 'nodejs_eventloop_lag_p99_seconds',
} as const;

/** Reads a sample from the text of `GET /metrics`. Throws when a metric is missing. */
export function readSample(text: string, seconds: number): Sample {
  const value = (name: string) => {
    const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`the gateway has no metric ${name}`);
    return Number(found);
  };
  return {
    seconds,
    rssMb: value(watched.rssMb) / 2 ** 20,
    heapMb: value(watched.heapMb) / 2 ** 20,
    handles: value(watched.handles),
    lagP99Ms: value(watched.lagP99Ms) * 1000,
  };
}

export type Growth = { from: number; to: number; ratio: number };

/**
 * How much a quantity has grown: its median over the last quarter of the samples ÷ that over the second. The first is
 * left out: caches fill and code is compiled in it.
 */
export function growthOf(samples: readonly Sample[], what: 'rssMb' | 'heapMb' | 'handles'): Growth {
  const quarter = Math.floor(samples.length / 4);
  const middle = (part: readonly Sample[]) => median(part.map((sample) => sample[what]));
  const from = middle(samples.slice(quarter, 2 * quarter));
  const to = middle(samples.slice(samples.length - quarter));
  return { from, to, ratio: to / from };
}

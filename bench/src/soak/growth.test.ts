import { describe, expect, it } from 'vitest';
import { growthOf, readSample, type Sample } from './growth.ts';

const sample = (rssMb: number): Sample => ({ seconds: 0, rssMb, heapMb: 10, handles: 5, lagP99Ms: 1 });

describe('growth over a long run', () => {
  it('ignores what is taken once at the start', () => {
    const samples = [40, 80, 100, 100, 100, 100, 100, 100].map(sample);
    expect(growthOf(samples, 'rssMb')).toEqual({ from: 100, to: 100, ratio: 1 });
  });

  it('sees a steady leak', () => {
    const samples = Array.from({ length: 40 }, (_, i) => sample(100 + i));
    expect(growthOf(samples, 'rssMb').ratio).toBeGreaterThan(1.15);
  });

  it('reads the metrics of the gateway', () => {
    const text = [
      'process_resident_memory_bytes 104857600',
      'nodejs_heap_size_used_bytes 52428800',
      'nodejs_active_resources_total 12',
      'nodejs_eventloop_lag_p99_seconds 0.0125',
    ].join('\n');
    expect(readSample(text, 7)).toEqual({ seconds: 7, rssMb: 100, heapMb: 50, handles: 12, lagP99Ms: 12.5 });
    expect(() => readSample('', 0)).toThrow('process_resident_memory_bytes');
  });
});

import { describe, expect, it } from 'vitest';
import { parseMetrics, total } from './metrics-text.ts';

const text = `# HELP prediction_requests_total Requests.
# TYPE prediction_requests_total counter
prediction_requests_total 12
model_predictions_total{version="v1",class="a \\"b\\" \\\\ c\\nd, e="} 3
prediction_latency_seconds_bucket{le="+Inf",version="v1"} 7
odd{x="1"} 1.5e-3 1700000000000
bad line
nan NaN
neg -Inf
`;

describe('reading metrics', () => {
  const samples = parseMetrics(text);

  it('reads names, labels and values', () => {
    expect(samples[0]).toEqual({ name: 'prediction_requests_total', labels: {}, value: 12 });
    expect(samples[1]?.labels).toEqual({ version: 'v1', class: 'a "b" \\ c\nd, e=' });
    expect(samples[2]?.labels.le).toBe('+Inf');
    expect(samples[3]?.value).toBe(0.0015);
  });

  it('leaves out what is no sample', () => expect(samples.map(({ name }) => name)).not.toContain('bad'));

  it('sums what fits', () => {
    expect(total(samples, 'prediction_requests_total')).toBe(12);
    expect(total(samples, 'model_predictions_total', ({ version }) => version === 'v2')).toBe(0);
  });
});

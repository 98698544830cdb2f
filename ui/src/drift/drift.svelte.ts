import type { DriftReport } from '@coppice/contract';
import type { Point } from '../charts/chart-scale.ts';
import { api } from '../gateway/api.ts';
import { gateway } from '../gateway/gateway.svelte.ts';
import { Poll } from '../gateway/poll.svelte.ts';
import { range } from '../gateway/prometheus.ts';

const SECONDS = 3600;

export const drift = new Poll<DriftReport>((signal) => api.drift({ signal }), 3000, { on: 'requests' });

let seen: Point[] = [];

/** The overall score of the last hour, from Prometheus or from this page's own polls. `x` in milliseconds since the epoch. */
export const driftScores = new Poll<{ source: 'Prometheus' | 'gateway'; points: Point[] }>(async (signal) => {
  const now = Date.now();
  const score = drift.value?.score ?? null;
  seen = seen.filter(({ x }) => x > now - SECONDS * 1000 && x !== now);
  if (score !== null) seen = [...seen, { x: now, y: score }];
  if (!gateway.parts.value?.prometheus) return { source: 'gateway', points: seen };
  // the gauge is 0 until the score is ready
  const [series] = await range('model_drift_score and on() model_drift_samples > 0', SECONDS, signal);
  return {
    source: 'Prometheus',
    points: (series?.values ?? []).map(([at, value]) => ({ x: at * 1000, y: Number(value) })),
  };
}, 5000);

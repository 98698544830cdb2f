import { type Route, routes } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { isCounted } from '../metrics/counted-routes.ts';
import type { VersionMetrics } from '../metrics/gateway-metrics.ts';
import { keptRow, type RecordedPrediction } from '../storage/port/recorded-prediction.ts';
import { Accounting } from './accounting.ts';

const epoch = { period: 7, weights: { v1: 1, v2: 1 }, releases: { v1: 'a', v2: 'release of v2' } };
const ids = ['018f0000-0000-7000-8000-000000000001', '018f0000-0000-7000-8000-000000000002'];
const rows = {
  time: 1_700_000_000_000,
  user: 'ann',
  source: 'page' as const,
  reference: 'order-1',
  columns: ['x', 'y'],
  features: [1, 2, 3, 4],
  ids,
};
/** Rows 1 and 2 of a batch that others share. */
const answer = {
  answer: { labels: [0, 2, 1, 0], probabilities: [1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0], classes: 3, release: null },
  first: 1,
};

function setUp() {
  const seen: string[] = [];
  const say =
    (verb: string) =>
    (...args: unknown[]) =>
      void seen.push([verb, ...args].join(' '));
  const metrics: VersionMetrics = {
    served: say('served'),
    failed: say('failed'),
    predicted: say('predicted'),
    batchSent: say('batchSent'),
    up: say('up'),
    ejected: say('ejected'),
    unfit: say('unfit'),
  };
  const observed: RecordedPrediction[] = [];
  const accounting = new Accounting({
    metrics: {
      requestReceived: say('received'),
      requestFailed: say('refused'),
      failedOver: say('failedOver'),
    },
    releaseOf: (version, answered) => (answered === '9' ? null : `release of ${version}`),
    observers: [{ observe: (row) => observed.push(keptRow(row)) }, { observe: () => say('observed')() }],
  });
  const request = (route: Route) => ({
    version: { name: 'v2', metrics },
    assigned: { name: 'v1' },
    epoch,
    ...{ route, seconds: 0.25, rows },
  });
  return { accounting, request, seen, observed };
}

describe('one accounting of a request', () => {
  it('counts an answer of another release than its epoch has in no comparison', () => {
    const { accounting, request, observed } = setUp();
    const of = (release: string) => ({ ...answer, answer: { ...answer.answer, release } });
    accounting.answered(request('weighted'), of('8'));
    accounting.answered(request('weighted'), of('9'));
    const later = { ...epoch, releases: { ...epoch.releases, v2: 'of before' } };
    accounting.answered({ ...request('weighted'), epoch: later }, of('8'));
    expect(observed.map((row) => [row.release, row.epoch])).toEqual([
      ...[epoch, epoch].map((own) => ['release of v2', own]),
      ...[null, null].map((own) => [null, own]),
      ...[null, null].map((own) => ['release of v2', own]),
    ]);
  });

  it('counts an answered one once, each of its rows by class, and shows them to all observers', () => {
    const { accounting, request, seen, observed } = setUp();
    accounting.answered(request('weighted'), answer);
    expect(seen).toEqual(['received', 'served 0.25 weighted', 'predicted 2', 'predicted 1', 'observed', 'observed']);
    expect(observed).toEqual([
      {
        columns: ['x', 'y'],
        ...{ id: ids[0], time: rows.time, version: 'v2', route: 'weighted', features: [1, 2] },
        ...{ label: 2, probability: [0, 0, 1], latencySeconds: 0.25, error: null },
        ...{ assigned: 'v1', release: 'release of v2', source: 'page', reference: 'order-1' },
        userHash: expect.stringMatching(/^[0-9a-f]{16}$/),
        ...{ epoch, bucket: expect.any(Number), first: true },
        ...{ featuresAt: 0, probabilityAt: 0, classes: 3 },
      },
      expect.objectContaining({ id: ids[1], features: [3, 4], label: 1, probability: [0, 1, 0], first: false }),
    ]);
    expect(JSON.stringify(observed)).not.toContain('ann');
  });

  it('counts a failed one by its reason, and keeps its rows without an answer', () => {
    const { accounting, request, seen, observed } = setUp();
    accounting.failed(request('failover'), 'timeout');
    expect(seen.slice(0, 2)).toEqual(['received', 'failed timeout 0.25 failover']);
    expect(observed).toHaveLength(2);
    expect(observed[0]).toMatchObject({ label: -1, probability: null, error: 'timeout' });
  });

  it('counts one that came to no version', () => {
    const { accounting, seen } = setUp();
    accounting.refused('invalid');
    expect(seen).toEqual(['received', 'refused invalid']);
  });

  it.each(routes)('leaves out what came by %s only if the table says so', (route) => {
    const { accounting, request, seen, observed } = setUp();
    accounting.answered(request(route), answer);
    accounting.failed(request(route), 'connect');
    accounting.failedOver('v1', 'v2', route);
    expect(seen.length > 0).toBe(isCounted[route]);
    expect(observed.length > 0).toBe(isCounted[route]);
    expect(isCounted[route]).toBe(route !== 'preview');
  });
});

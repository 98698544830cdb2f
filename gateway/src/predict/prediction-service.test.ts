import type { PredictBody } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { TrafficSplit, UnfitRequestError } from '../traffic/traffic-split.ts';
import { InferError } from '../versions/infer-error.ts';
import type { InferJob } from '../versions/infer-job.ts';
import type { Version } from '../versions/version.ts';
import { PredictionService } from './prediction-service.ts';

const epoch = null as never;
const answer = { labels: [1], probabilities: null, classes: 2, release: null };
const request: PredictBody = {
  features: [1],
  columns: ['a'],
  missing: [],
  rows: 1,
  batch: false,
  user: undefined,
  reference: undefined,
  references: undefined,
  preview: false,
};

/** Versions of which each meanwhile requires something else than the request was read for. */
function setUp(required: Record<string, readonly string[]>) {
  const blamed: string[] = [];
  const versions = Object.keys(required).map((name) => {
    const version = { name, available: true, ready: true, required: [] as readonly string[] };
    const blame = () => blamed.push(name);
    const submit = (job: InferJob) => {
      version.required = required[name] ?? [];
      if (version.required.length === 0) job.succeed(answer, 0);
      else job.fail(new InferError('refused', 'it answered 400'));
    };
    return Object.assign(version, { blame, suspect: blame, client: { submit } }) as unknown as Version;
  });
  const traffic = new TrafficSplit({ versions, weights: { v1: 1, v2: 1 }, salt: '', random: () => 0 });
  const service = new PredictionService({
    traffic,
    split: { assigned: () => {} },
    accounting: { failedOver: () => {} },
    epoch: { now: epoch },
  });
  return { service, blamed };
}

describe('a request that a version refuses since its new release requires what the request lacks', () => {
  it('goes to a version that can do without, and nobody is blamed', async () => {
    const { service, blamed } = setUp({ v1: ['b'], v2: [] });
    const { version, route } = await service.predict(request, undefined, 'api');
    expect([version.name, route, blamed]).toEqual(['v2', 'failover', []]);
  });

  it.each([undefined, 'v1'])('is the fault of the request if there is none (pin %s)', async (pin) => {
    const { service, blamed } = setUp({ v1: ['b'], v2: ['c'] });
    const error = await service.predict(request, pin, 'api').catch((reason) => reason);
    expect(error).toBeInstanceOf(UnfitRequestError);
    expect(error.message).toMatch(/^Version v[12] requires [bc], which the request lacks\.$/);
    expect(blamed).toEqual([]);
  });
});

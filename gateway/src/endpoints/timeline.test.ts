import { type TimelineReport, timelineReport } from '@coppice/contract';
import { errorHandler } from '@coppice/serverkit';
import express from 'express';
import request from 'supertest';
import { expect, it } from 'vitest';
import { timelineRoutes } from './timeline.ts';

const MINUTE = 60_000;
const now = Math.floor(Date.now() / MINUTE) * MINUTE;
const iso = (time: number) => new Date(time).toISOString();
const asked: number[][] = [];
const versions: TimelineReport['versions'] = [];
const weights = (v2: number) => ({ weights: { v1: 100 - v2, v2 }, shadow: null });
const app = express()
  .set('query parser', 'simple')
  .use(
    timelineRoutes({
      record: {
        releases: async () => [
          { version: 'v2', release: 'a'.repeat(64), first: now - 50 * MINUTE },
          { version: 'v2', release: 'b'.repeat(64), first: now - 10 * MINUTE },
        ],
      },
      timeline: async (...period) => {
        asked.push(period);
        return versions;
      },
      control: {
        auditSince: async () => [
          {
            ...{
              id: 8,
              time: iso(now - 5 * MINUTE),
              revision: 8,
              who: 'ada',
              action: 'preset canary',
              reason: 'try it',
            },
            ...{ from: weights(0), to: weights(10) },
          },
          {
            ...{ id: 7, time: iso(now - 20 * MINUTE), revision: 7, who: 'ada', action: 'experiment', reason: '' },
            ...{ from: weights(0), to: weights(0) },
          },
        ],
      },
      apiKey: [],
    }),
  )
  .use(errorHandler({ error: (...args: unknown[]) => expect.unreachable(`a 500: ${JSON.stringify(args)}`) }));

it('widens the period to whole steps, and says what changed in it, by whom and why', async () => {
  const { body } = await request(app)
    .get(`/timeline?since=${iso(now - 60 * MINUTE - 1)}&until=${iso(now - 1)}`)
    .expect(200);
  expect(asked.at(-1)).toEqual([now - 61 * MINUTE, now, MINUTE]);
  expect(timelineReport.parse(body)).toEqual({
    ...{ since: iso(now - 61 * MINUTE), until: iso(now), step: 'minute', versions },
    changes: [
      {
        ...{ time: iso(now - 10 * MINUTE), what: 'model', version: 'v2' },
        ...{ audit: null, words: 'v2 serves another model' },
      },
      {
        ...{ time: iso(now - 5 * MINUTE), what: 'weights', version: null },
        ...{ audit: 8, words: 'preset canary by ada: try it' },
      },
    ],
  });
});

it('refuses a step that makes too many, and says which does', async () => {
  const { body } = await request(app).get('/timeline?since=90d&step=hour').expect(400);
  expect(body.errors).toEqual([
    { pointer: '/step', detail: 'must make at most 1500 steps: shorten the period, or take day' },
  ]);
});

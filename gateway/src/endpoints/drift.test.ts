import { type DriftReport, driftReport } from '@coppice/contract';
import { errorHandler } from '@coppice/serverkit';
import { cardOf } from '@coppice/testkit/card-of-rows';
import { iris } from '@coppice/testkit/sample-rows';
import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { createDrift } from '../drift/drift.ts';
import { translateErrors } from './client-errors.ts';
import { driftRoutes } from './drift.ts';

const { rows, names } = iris();

function app(card: ReturnType<typeof cardOf> | null) {
  const ignore = () => {};
  const drift = createDrift(
    { window: 500, minSamples: 100, threshold: 0.3 },
    {
      catalog: {
        shape: () => ({ features: names, classes: card?.classes.map(({ name }) => name) ?? [] }),
        cards: () => (card ? [card] : []),
        card: () => card,
      },
      metrics: {
        driftScore: ignore,
        driftSamples: ignore,
        driftDetected: ignore,
        featureDrift: ignore,
        featureDriftDetected: ignore,
        predictionDriftDetected: ignore,
        beforeScrape: ignore,
      },
      date: () => 0,
    },
  );
  for (const { features, label } of rows) drift.observe({ columns: names, features, label, version: 'v1' });
  return express()
    .use(driftRoutes({ drift, apiKey: [] }))
    .use(translateErrors)
    .use(errorHandler({ error: ignore }));
}

describe('GET /drift', () => {
  it('answers the report of the contract', async () => {
    const { status, body } = await request(app(cardOf(rows, names))).get('/drift');
    expect(status).toBe(200);
    const report: DriftReport = driftReport.parse(body);
    expect(report).toMatchObject({ ready: true, samples: 150, drifted: false });
  });

  it('answers 503 problem+json while no model card is known', async () => {
    const { status, type, body } = await request(app(null)).get('/drift');
    expect([status, type]).toEqual([503, 'application/problem+json']);
    expect(body.detail).toBe('Drift is unknown: no version has sent its model card.');
  });
});

import { type Serving, serve } from '@coppice/serverkit';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { FeedbackSender } from './feedback-sender.ts';
import { GatewayClient } from './gateway-client.ts';
import { Tally } from './tally.ts';

let server: Serving | undefined;
let client: GatewayClient | undefined;
afterEach(async () => {
  await client?.close();
  await server?.drain(100);
});

type Item = { prediction_id: string; actual: string };

/** A feedback endpoint that answers a batch with a status: a busy machine may cut what is due into more than one. */
async function setUp(statusOf: (batch: Item[]) => number) {
  const batches: Item[][] = [];
  const app = express().post('/feedback', express.json({ limit: '1mb' }), (req, res) => {
    batches.push(req.body.feedback);
    const status = statusOf(req.body.feedback);
    res.status(status).json(status === 200 ? {} : { title: 'No', detail: 'not there yet' });
  });
  server = await serve(app, { port: 0, host: '127.0.0.1' });
  client = new GatewayClient({ gateway: `http://127.0.0.1:${server.port}`, apiKey: undefined, versionPin: undefined });
  const tally = new Tally();
  const sender = new FeedbackSender(client, tally, 30);
  const add = (n: number, name = 'p') => {
    for (let i = 0; i < n; i++) sender.add({ prediction_id: `${name}${i}`, actual: 'a' });
  };
  return { batches, tally, sender, add };
}

describe('feedback', () => {
  it('is all sent, in batches of at most 1,000', async () => {
    const { batches, tally, sender, add } = await setUp(() => 200);
    add(2500);
    await sender.finish();
    expect(tally.feedback).toEqual({ sent: 2500, failed: new Map() });
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(1000);
    expect(batches.flat()).toHaveLength(2500);
    expect(batches[0]?.[0]).toEqual({ prediction_id: 'p0', actual: 'a' });
  });

  it('is sent again when the record did not know the predictions yet', async () => {
    const seen = new Set<string>();
    const { batches, tally, sender, add } = await setUp((batch) => {
      const known = batch.every(({ prediction_id }) => seen.has(prediction_id));
      for (const { prediction_id } of batch) seen.add(prediction_id);
      return known ? 200 : 404;
    });
    add(10);
    await sender.finish();
    expect(batches.flat()).toHaveLength(20);
    expect(tally.feedback).toEqual({ sent: 10, failed: new Map() });
  });

  it('is given up after three tries, and at once when it is refused', async () => {
    const { batches, tally, sender, add } = await setUp(([first]) =>
      first?.prediction_id.startsWith('p') ? 404 : 400,
    );
    add(10);
    await sender.finish();
    expect(batches.flat()).toHaveLength(30);
    add(5, 'q');
    await sender.finish();
    expect(batches.flat()).toHaveLength(35);
    expect(tally.feedback).toEqual({
      sent: 0,
      failed: new Map([
        ['404 not there yet', 10],
        ['400 not there yet', 5],
      ]),
    });
  });
});

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@coppice/serverkit';
import { startOipServer } from '@coppice/testkit/oip-server';
import { startGateway } from '@coppice/testkit/start-gateway';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readFeedbackOptions } from './feedback-options.ts';
import { GatewayError } from './send-batch.ts';
import { sendLabels } from './send-labels.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-labels-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function send(text: string, url: string, more: string[] = []) {
  const data = join(folder, 'labels.csv');
  writeFileSync(data, text);
  const args = ['--data', data, '--reference', 'order', '--actual', 'class', '--gateway', url, ...more];
  const waits: number[] = [];
  const options = readFeedbackOptions(args, {}, folder);
  if (!options) throw new Error('no options');
  const totals = await sendLabels(options, { out: { write: () => true }, wait: async (ms) => waits.push(ms) });
  return { totals, waits, unmatched: existsSync(options.unmatched) ? readFileSync(options.unmatched, 'utf8') : null };
}

describe('labels from a file', () => {
  it('reach a gateway; what matches no prediction goes to a file that can be sent again', async () => {
    const version = await startOipServer();
    const gateway = await startGateway({ models: [version.url] });
    onTestFinished(async () => {
      await gateway.stop();
      await version.stop();
    });
    for (const reference of ['a', 'b', 'c,1']) await gateway.predict(1, {}, { reference });
    const text = 'order,class,note\na,class_1,x\nlost,class_1,x\nb,class_2,x\n"c,1",rose,x\n,class_1,x\n';
    const first = await send(text, gateway.url);
    expect(first.totals).toEqual({ rows: 5, matched: 2, new: 2, changed: 0, same: 0, unmatched: 3 });
    expect(first.unmatched?.trim().split('\n')).toEqual([
      'order,class,line,reason',
      ',class_1,6,order is empty',
      'lost,class_1,3,names no answered prediction that the record has: lost',
      '"c,1",rose,5,"must be one of class_0, class_1, class_2"',
    ]);
    const again = await send('order,class\na,class_1\nb,class_1\n"c,1",class_0\n', gateway.url);
    expect(again.totals).toEqual({ rows: 3, matched: 3, new: 1, changed: 1, same: 1, unmatched: 0 });
    expect(again.unmatched).toBeNull();
    const { body } = await gateway.get('/predictions');
    expect(body.predictions.map(({ actual }: { actual: string }) => actual)).toEqual(['class_0', 'class_1', 'class_1']);
  });

  type Answer = { status: number; headers?: Record<string, string>; body?: unknown };

  /** A server that gives these answers, and then counts everything as new. */
  async function fakeGateway(answers: Answer[] = []) {
    const batches: { reference: string }[][] = [];
    const keys: unknown[] = [];
    const app = express().post('/feedback', express.json({ limit: '512kb' }), (req, res) => {
      keys.push(req.headers['x-api-key']);
      const answer = answers.shift();
      if (answer)
        return void res
          .status(answer.status)
          .set(answer.headers ?? {})
          .json(answer.body ?? {});
      batches.push(req.body.feedback);
      const counted = { prediction_id: 'x', model_version: 'v1', correct: true, replaced: false };
      res.json({
        feedback: req.body.feedback.map(() => ({ ...counted, counted: 'new', counted_outcome: null })),
        unmatched: [],
      });
    });
    const serving = await serve(app, { port: 0, host: '127.0.0.1' });
    onTestFinished(() => serving.drain(100));
    return { url: `http://127.0.0.1:${serving.port}`, batches, keys };
  }

  it('go in batches of at most 1,000 rows and of what the gateway reads', async () => {
    const { url, batches } = await fakeGateway();
    const short = Array.from({ length: 2500 }, (_, i) => `${i},a`);
    expect((await send(`order,class\n${short.join('\n')}`, url)).totals).toMatchObject({ rows: 2500, new: 2500 });
    expect(batches.map((batch) => batch.length)).toEqual([1000, 1000, 500]);
    expect(batches.flat().map(({ reference }) => reference)).toEqual(short.map((_, i) => String(i)));
    batches.length = 0;
    const long = Array.from({ length: 1000 }, (_, i) => `${String(i).padEnd(128, 'ü')},${'名'.repeat(200)}`);
    expect((await send(`order,class\n${long.join('\n')}`, url)).totals).toMatchObject({ new: 1000 });
    expect(batches.length).toBeGreaterThan(1);
  });

  it('wait as long as a busy gateway says, and go with the key', async () => {
    const { url, batches, keys } = await fakeGateway([
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 503, headers: { 'retry-after': '1' } },
      { status: 503, headers: { 'retry-after': '9999' } },
    ]);
    const { waits } = await send('order,class\n1,a', url, ['--api-key', 'secret']);
    expect(waits).toEqual([7000, 1000, 60_000]);
    expect(batches).toHaveLength(1);
    expect(new Set(keys)).toEqual(new Set(['secret']));
  });

  it.each<[string, Answer, string]>([
    ['refuses', { status: 401, body: { detail: 'An API key is required.' } }, 'An API key is required.'],
    ['is none', { status: 200, body: { hello: 1 } }, 'is no Coppice gateway'],
    ['fails', { status: 500 }, 'answered 500'],
  ])('end when the gateway %s', async (_how, answer, words) => {
    const { url } = await fakeGateway([answer]);
    const error = await send('order,class\n1,a', url).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error.message).toContain(words);
  });

  it('end when there is no gateway, after a few tries', async () => {
    const { url } = await fakeGateway();
    const nobody = url.replace(/\d+$/, '1');
    await expect(send('order,class\n1,a', nobody)).rejects.toThrow('cannot be reached');
  });
});

import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { changeStamps, configView, usageCounters } from '@coppice/contract';
import { serve } from '@coppice/serverkit';
import { startOipServer } from '@coppice/testkit/oip-server';
import { startGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import express from 'express';
import { expect, it, onTestFinished } from 'vitest';
import { eventsRoutes } from './events.ts';

async function setUp(env: Record<string, string> = {}) {
  const [v1, v2] = [await startOipServer(), await startOipServer()];
  const gateway = await startGateway({ models: [v1.url, v2.url], env });
  onTestFinished(async () => {
    await gateway.stop();
    await Promise.all([v1.stop(), v2.stop()]);
  });
  return gateway;
}

/** Reads a stream in the background. */
function listen(url: string, headers: Record<string, string> = {}) {
  const stop = new AbortController();
  const state = { text: '', ended: false, status: 0, type: '' };
  const reading = (async () => {
    const answer = await fetch(`${url}/events`, { headers, signal: stop.signal });
    state.status = answer.status;
    state.type = answer.headers.get('Content-Type') ?? '';
    for await (const part of answer.body ?? []) state.text += Buffer.from(part).toString('utf8');
    state.ended = true;
  })().catch(() => {});
  onTestFinished(async () => {
    stop.abort();
    await reading;
  });
  /** The data of each event of a name so far. */
  const events = (name: string) =>
    [...state.text.matchAll(/^event: (.+)\ndata: ?(.*)\n\n/gm)]
      .filter(([, of]) => of === name)
      .map(([, , data]) => data);
  return { state, stop, events, last: (name: string) => JSON.parse(events(name).at(-1) ?? 'null') };
}

it('streams the split and the usage as they change, and beats', async () => {
  const gateway = await setUp();
  const { state, events, last } = listen(gateway.url);
  await until(() => expect(events('beat').length > 0).toBe(true));
  expect([state.status, state.type]).toEqual([200, 'text/event-stream']);
  expect(configView.parse(last('config')).weights).toEqual({ v1: 50, v2: 50 });
  expect(usageCounters.parse(last('usage'))).toMatchObject({ requests: 0, errors: 0, versions: { v1: 0, v2: 0 } });
  expect(Object.keys(changeStamps.parse(last('stamps')))).toEqual(['ready', 'comparison', 'rollout', 'releases']);
  const before = last('stamps').rollout;
  await gateway.patch('/config', { weights: { v1: 1, v2: 0 }, reason: 'a test' });
  for (let i = 0; i < 3; i++) await gateway.predict(1);
  await gateway.post('/predict', { features: ['no'] });
  await until(() => expect(last('usage').requests === 4).toBe(true));
  expect(last('usage')).toMatchObject({ errors: 0, versions: { v1: 3, v2: 0 } });
  expect(last('usage').latency.at(-1)).toEqual([null, 3]);
  expect(last('config').weights).toEqual({ v1: 1, v2: 0 });
  expect(last('stamps').rollout).not.toBe(before);
  const beats = events('beat').length;
  const usages = events('usage').length;
  await until(() => expect(events('beat').length >= beats + 2).toBe(true));
  expect(events('usage')).toHaveLength(usages);
});

it('ends its streams when the gateway stops', async () => {
  const gateway = await setUp();
  const { state, events } = listen(gateway.url);
  await until(() => expect(events('config').length > 0).toBe(true));
  await gateway.stop();
  await until(() => expect(state.ended).toBe(true));
  expect(state.ended).toBe(true);
});

it('answers HEAD without opening a stream', async () => {
  const gateway = await setUp();
  const signal = AbortSignal.timeout(10_000);
  const answer = await fetch(`${gateway.url}/events`, { method: 'HEAD', signal });
  expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, 'text/event-stream']);
});

it('needs a key where the gateway does', async () => {
  const gateway = await setUp({ API_KEYS: 'a-key-of-sixteen-letters' });
  const [stranger, known] = [listen(gateway.url), listen(gateway.url, { 'X-API-Key': 'a-key-of-sixteen-letters' })];
  await until(() => expect(stranger.state.status !== 0 && known.events('config').length > 0).toBe(true));
  expect([stranger.state.status, known.state.status]).toEqual([401, 200]);
});

it('closes the connection of a client that stops reading, and keeps nothing for it', async () => {
  let dropped = false;
  const app = express().use(
    eventsRoutes({
      apiKey: [],
      events: {
        async open(send, end) {
          while (send('x'.repeat(64 * 1024))) await setImmediate();
          dropped = true;
          end();
          return () => {};
        },
      },
    }),
  );
  const { port, server, drain } = await serve(app, { port: 0, host: '127.0.0.1' });
  onTestFinished(() => drain(0));
  const socket = connect(port, '127.0.0.1').pause();
  onTestFinished(() => void socket.destroy());
  socket.write('GET /events HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => expect(dropped).toBe(true));
  await until(async () => expect(await promisify(server.getConnections.bind(server))()).toBe(0));
});

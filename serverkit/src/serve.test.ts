import { once } from 'node:events';
import { Agent, get, type RequestListener, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import express from 'express';
import { expect, it, vi } from 'vitest';
import { ConfigError } from './env.ts';
import { serve } from './serve.ts';

function ask(port: number, agent: Agent): Promise<{ status: number; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    const req = get({ port, host: '127.0.0.1', agent }, (res) => {
      res.resume().on('end', () => resolve({ status: res.statusCode ?? 0, connection: res.headers.connection }));
    });
    req.on('error', reject);
  });
}

it('refuses a port that is taken in one line', async () => {
  const first = await serve((_req, res) => res.end(), { port: 0, host: '127.0.0.1' });
  const second = serve((_req, res) => res.end(), { port: first.port, host: '127.0.0.1' });
  await expect(second).rejects.toThrow(ConfigError);
  await expect(second).rejects.toThrow(`port ${first.port} is taken by another program`);
  await first.drain(0);
});

it("has Express' own requests and responses from the start", async () => {
  const app = express();
  app.get('/', (req, res) => void res.json({ path: req.path, app: req.app === app }));
  const { port, server, drain } = await serve(app, { port: 0, host: '127.0.0.1' });
  const before: unknown[] = [];
  server.prependListener('request', (req, res) => before.push(Object.getPrototypeOf(req), Object.getPrototypeOf(res)));
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  expect(await answer.json()).toEqual({ path: '/', app: true });
  expect(before).toEqual([app.request, app.response]);
  await drain(0);
});

it('while draining answers what comes on a kept-alive connection and then closes it', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { port, drain } = await serve((_req, res) => res.end('ok'), { port: 0, host: '127.0.0.1' });
  expect((await ask(port, agent)).connection).toBe('keep-alive');
  const drained = drain(10_000);
  expect(await ask(port, agent)).toEqual({ status: 200, connection: 'close' });
  await drained;
  await expect(ask(port, agent)).rejects.toThrow('ECONNREFUSED');
  agent.destroy();
});

it('lets an answer under way end and, after the grace, closes all that is left', async () => {
  const agent = new Agent({ keepAlive: true });
  const underWay = new Map<string | undefined, ServerResponse>();
  const { port, drain } = await serve((req, res) => void underWay.set(req.url, res), { port: 0, host: '127.0.0.1' });
  const late = ask(port, agent);
  const hung = new Promise((resolve) => get({ port, host: '127.0.0.1', path: '/hang', agent }).on('error', resolve));
  await vi.waitFor(() => expect(underWay.size).toBe(2));
  const drained = drain(400);
  underWay.get('/')?.end('late');
  expect((await late).status).toBe(200);
  await drained;
  expect(await hung).toBeInstanceOf(Error);
  agent.destroy();
});

it('closes a connection that stays idle long before the grace is over', async () => {
  const agent = new Agent({ keepAlive: true });
  const { port, drain } = await serve((_req, res) => res.end('ok'), { port: 0, host: '127.0.0.1' });
  await ask(port, agent);
  const startedAt = performance.now();
  await drain(40_000);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  agent.destroy();
});

it('lets neither a client that sends too slowly nor one that stops reading keep its connection', async () => {
  const endless: RequestListener = (req, res) => {
    if (req.method === 'POST') return;
    const more = () => {
      while (res.write('x'.repeat(65_536)));
    };
    res.on('drain', more);
    more();
  };
  const { port, server, drain } = await serve(endless, {
    ...{ port: 0, host: '127.0.0.1', requestTimeout: 100, stallTimeout: 1_500 },
  });
  const connections = () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  const send = (text: string) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(text);
    return socket;
  };

  for (const begun of [
    'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n',
  ]) {
    const answer = await send(begun).setEncoding('utf8').toArray();
    expect(answer.join('')).toMatch(/^HTTP\/1\.1 408 /);
  }
  const deaf = send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(deaf, 'readable');
  expect(await connections()).toBe(1);
  await vi.waitFor(async () => expect(await connections()).toBe(0), { timeout: 20_000 });
  deaf.destroy();
  await drain(0);
});

it('names an address that this machine does not have, in one line', async () => {
  const started = serve((_req, res) => res.end(), { port: 0, host: '192.0.2.1' });
  await expect(started).rejects.toThrow(new ConfigError('this machine has no address 192.0.2.1 to listen on'));
});

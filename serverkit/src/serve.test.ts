import { once } from 'node:events';
import { Agent, get, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
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

it('lets an answer under way end, closes idle connections and, after the grace, all others', async () => {
  const agent = new Agent({ keepAlive: true });
  const hanging = vi.fn();
  const { port, drain } = await serve(
    (req, res) => (req.url === '/' ? setTimeout(() => res.end('late'), 100) : hanging()),
    { port: 0, host: '127.0.0.1' },
  );
  await ask(port, agent);
  const late = ask(port, agent);
  const hung = new Promise((resolve) => get({ port, host: '127.0.0.1', path: '/hang', agent }).on('error', resolve));
  await vi.waitFor(() => expect(hanging).toHaveBeenCalled());
  await drain(400);
  expect((await late).status).toBe(200);
  expect(await hung).toBeInstanceOf(Error);
  agent.destroy();
});

it('lets neither a client that sends too slowly nor one that stops reading keep its connection', async () => {
  const endless: RequestListener = (_req, res) => {
    const more = () => {
      while (res.write('x'.repeat(65_536)));
    };
    res.on('drain', more);
    more();
  };
  const { port, drain } = await serve(endless, { port: 0, host: '127.0.0.1', requestTimeout: 200, stallTimeout: 400 });
  const send = (text: string) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(text);
    return socket;
  };
  const slow = send('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ').resume();
  await once(slow, 'close');
  const deaf = send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(deaf, 'readable');
  // the client that reads again sees that the answer was cut off
  await sleep(1500);
  await once(deaf.resume(), 'close');
  await drain(0);
});

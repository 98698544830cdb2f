import { connect } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowedHosts, readAllowedHosts } from './allowed-hosts.ts';
import { ConfigError } from './env.ts';
import { errorHandler } from './problem.ts';
import { type Serving, serve } from './serve.ts';

const hosts = readAllowedHosts('models.example.org, .team.example,*.lab.example:8443', {
  urls: ['https://public.example:8443/page'],
  names: ['box.lan', undefined],
});
let serving: Serving;
beforeAll(async () => {
  const app = express();
  app.use(allowedHosts(hosts));
  app.use((req, res) => void res.send(req.url));
  app.use(errorHandler(pino({ level: 'silent' })));
  serving = await serve(app, { port: 0, host: '127.0.0.1' });
});
afterAll(() => serving.drain(100));

/** Sends a request's first lines as they are, and returns the whole answer. */
function send(...lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(serving.port, '127.0.0.1', () => socket.end(`${lines.join('\r\n')}\r\n\r\n`));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}
const status = async (...lines: string[]) => Number((await send(...lines)).split(' ')[1]);
const get = (host: string) => status('GET / HTTP/1.1', `Host: ${host}`, 'Connection: close');

describe('a Host header', () => {
  it.each([
    ...['localhost', 'LocalHost:5000', 'localhost.', 'app.localhost:1', '127.0.0.1', '127.0.0.1:5000', '10.1.2.3'],
    ...[
      '192.0.2.7:80',
      '[::1]',
      '[::1]:5000',
      '[2001:db8::1]',
      '[fd00::1%25eth0]',
      'gateway',
      'gateway:5000',
      'model-v1:8080',
    ],
    ...['model_v1:8080', 'public.example', 'PUBLIC.example:443', 'box.lan', 'models.example.org:1', 'a.team.example'],
    ...['team.example', 'x.lab.example', 'a.b.lab.example:9'],
  ])('of %s is allowed', async (host) => {
    expect(await get(host)).toBe(200);
  });

  it.each([
    ...['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evil.example:5000', 'evil.example.'],
    ...['127.0.0.1.nip.io', 'xpublic.example', 'public.example.evil.example', 'xteam.example', 'a@127.0.0.1'],
    ...[
      '127.0.0.1/@evil.example',
      'evil.example#localhost',
      'evil.example?localhost',
      '[::1].evil.example',
      '[evil.example]',
    ],
    ...[
      'localhost,evil.example',
      'localhost:5000:80',
      'localhost:port',
      'local%68ost.evil.example',
      '1.2.3.4.5',
      '..',
      '.',
    ],
    ...['evil。example', 'local host'],
  ])('of %s is refused', async (host) => {
    expect([400, 421]).toContain(await get(host));
  });

  it('that is refused gets a 421 that names the setting', async () => {
    const answer = await send('GET / HTTP/1.1', 'Host: evil.example:5000', 'Connection: close');
    expect(answer).toContain('application/problem+json');
    const { status, detail } = JSON.parse(answer.split('\r\n\r\n')[1] ?? '');
    expect(status).toBe(421);
    expect(detail).toBe(
      'This server does not answer to the name evil.example. If that is its name, set ALLOWED_HOSTS=evil.example (or PUBLIC_URL).',
    );
  });

  it('may be missing in HTTP/1.0, which no browser speaks', async () => {
    expect(await status('GET / HTTP/1.0')).toBe(200);
    expect(await status('GET / HTTP/1.1')).toBe(400);
  });

  it('does not count where the request line names a host itself, and the route sees only the path', async () => {
    expect(await status('GET http://evil.example/x HTTP/1.1', 'Host: localhost', 'Connection: close')).toBe(421);
    const answer = await send('GET http://localhost:5000/x%2Fy?a=b HTTP/1.1', 'Host: localhost', 'Connection: close');
    expect(answer).toContain('\r\n\r\n/x%2Fy?a=b');
    expect(await send('GET http://localhost HTTP/1.1', 'Host: localhost', 'Connection: close')).toMatch(/\n\/$/);
    for (const target of ['file:///etc', 'http:///x', 'ftp://localhost/x', 'http://a@localhost/x'])
      expect(await status(`GET ${target} HTTP/1.1`, 'Host: localhost', 'Connection: close')).toBe(400);
  });
});

describe('ALLOWED_HOSTS', () => {
  it('allows every name with *', () => {
    expect(readAllowedHosts('*').allows('evil.example')).toBe(true);
    expect(readAllowedHosts('').allows('evil.example')).toBe(false);
  });

  it('does not grow without end, whatever names clients send', () => {
    const some = readAllowedHosts('.example');
    for (let i = 0; i < 5000; i++) some.allows(`host-${i}.example`);
    expect(some.remembered).toBeLessThanOrEqual(1000);
  });

  it.each(['https://a.example', 'a.example/x', 'a b.example', '*example', 'a.*.example', '.'])('refuses %s', (text) => {
    expect(() => readAllowedHosts(text)).toThrow(ConfigError);
    expect(() => readAllowedHosts(text)).toThrow(`ALLOWED_HOSTS=${text} is not allowed`);
  });
});

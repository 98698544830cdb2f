import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAllowedHosts, serve } from '@coppice/serverkit';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';

/** Nothing listens there: what is refused goes nowhere. */
const away = 'http://127.0.0.1:1';
const pageFolder = mkdtempSync(join(tmpdir(), 'page-'));
const page = (gatewayUrl: string) =>
  createApp(
    { ...readConfig({ GATEWAY_URL: gatewayUrl, PROMETHEUS_URL: away }), hosts: readAllowedHosts('') },
    { log: { error: () => {} }, pageFolder },
  );

beforeAll(() => {
  mkdirSync(join(pageFolder, 'assets'));
  writeFileSync(join(pageFolder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(pageFolder, 'assets', 'a-1234.js'), 'export {};');
});

afterAll(() => rmSync(pageFolder, { recursive: true }));

describe('the page server', () => {
  it.each([
    ['POST', '/', 'GET, HEAD'],
    ['PUT', '/index.html', 'GET, HEAD'],
    ['DELETE', '/assets/a-1234.js', 'GET, HEAD'],
    ['POST', '/status', 'GET, HEAD'],
    ['POST', '/health', 'GET, HEAD'],
    ['POST', '/prometheus/api/v1/query', 'GET, HEAD'],
  ])('refuses %s %s and says what is allowed', async (method, path, allow) => {
    const { headers, body } = await request(page(away))[method.toLowerCase() as 'post'](path).expect(405);
    expect(headers.allow).toBe(allow);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body.detail).toBe(`${method} is not allowed here: use ${allow}.`);
  });

  it.each(['/nothing', '/assets', '/../app.ts', '/assets/../../app.ts'])(
    'has nothing to POST to at %s',
    async (path) => {
      const { body } = await request(page(away)).post(path).expect(404);
      expect(body.status).toBe(404);
    },
  );

  it.each([
    ['/api/predict', 1024 * 1024],
    ['/api/config?x=1', 64 * 1024],
    ['/api/v2/models/iris/infer', 32 * 1024 * 1024],
  ])('refuses a body to %s of more than %d bytes before it arrives', async (path, limit) => {
    const app = page(away);
    const send = (length: number) => request(app).post(path).set('Content-Length', String(length)).send();
    expect((await send(limit + 1)).status).toBe(413);
  });

  it('refuses two Host headers, and a too large body before its client sends it', async () => {
    const serving = await serve(page(away), { port: 0, host: '127.0.0.1' });
    const exchange = async (head: string) => {
      const socket = connect(serving.port, '127.0.0.1').setEncoding('utf8');
      socket.write(`${head}\r\n\r\n`);
      return (await socket.toArray()).join('');
    };
    expect(await exchange('GET /health HTTP/1.1\r\nHost: a\r\nHost: b')).toMatch(/^HTTP\/1.1 400 /);
    const large = 'POST /api/predict HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\nExpect: 100-continue';
    expect(await exchange(large)).toMatch(/^HTTP\/1.1 413 /);
    await serving.drain(0);
  });
});

import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { refuseCrossSite } from './cross-site.ts';
import { errorHandler } from './problem.ts';

const app = (origins: string[] = []) => {
  const made = express();
  made.use(refuseCrossSite(origins));
  made.use((_req, res) => void res.send('answered'));
  made.use(errorHandler(pino({ level: 'silent' })));
  return made;
};
const send = (headers: Record<string, string>, { origins = [] as string[], method = 'post' as 'post' | 'get' } = {}) =>
  request(app(origins))[method]('/predict').set('Host', 'localhost:5000').set(headers);
const elsewhere = 'https://evil.example';

describe('a request of a page elsewhere', () => {
  it.each([
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'cross-site', Origin: elsewhere },
    { 'Sec-Fetch-Site': 'cross-site', Origin: 'http://localhost:5000' },
    { 'Sec-Fetch-Site': 'same-site', Origin: 'http://localhost:8501' },
    { 'Sec-Fetch-Site': 'something new' },
    { Origin: elsewhere },
    { Origin: 'null' },
    { Origin: 'http://localhost' },
    { Origin: 'http://localhost:5000.evil.example' },
    { Origin: 'http://localhost:5000@evil.example' },
    { Origin: 'localhost:5000' },
  ])('is refused by %j', async (headers) => {
    for (const method of ['get', 'post'] as const) expect((await send(headers, { method })).status).toBe(403);
  });

  it('is refused with a 403 that names the setting', async () => {
    const answer = await send({ Origin: elsewhere });
    expect(answer.type).toBe('application/problem+json');
    expect(answer.body.detail).toBe(
      'Pages of https://evil.example may not call this server. To allow them set CORS_ORIGINS=https://evil.example.',
    );
    expect((await send({ 'Sec-Fetch-Site': 'cross-site' })).body.detail).toContain('CORS_ORIGINS');
    expect((await send({ Origin: 'x<script>' })).body.detail).not.toContain('<');
  });

  it('passes from an allowed origin, and from all with *', async () => {
    const origins = ['https://a.example'];
    expect((await send({ Origin: 'https://a.example', 'Sec-Fetch-Site': 'cross-site' }, { origins })).status).toBe(200);
    expect((await send({ Origin: 'https://a.example' }, { origins })).status).toBe(200);
    expect((await send({ Origin: 'https://b.example' }, { origins })).status).toBe(403);
    expect((await send({ Origin: 'https://b.example' }, { origins: ['*'] })).status).toBe(200);
    expect((await send({ 'Sec-Fetch-Site': 'cross-site' }, { origins: ['*'] })).status).toBe(200);
  });

  it('may be a link that somebody follows, which reads nothing for that page', async () => {
    const link = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };
    expect((await send(link, { method: 'get' })).status).toBe(200);
    expect((await send(link)).status).toBe(403);
    expect((await send({ ...link, 'Sec-Fetch-Dest': 'iframe' }, { method: 'get' })).status).toBe(403);
  });
});

it.each([
  {},
  { 'Sec-Fetch-Site': 'same-origin', Origin: 'http://localhost:5000' },
  // behind a proxy that changes the Host
  { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://models.example.org' },
  { 'Sec-Fetch-Site': 'none' },
  { Origin: 'http://localhost:5000' },
  // TLS ends in front
  { Origin: 'https://LOCALHOST:5000' },
])('a request of this server itself, or of a program, passes: %j', async (headers) => {
  expect((await send(headers)).status).toBe(200);
});

it('knows that the port of a scheme may be left out', async () => {
  const ask = (Host: string, Origin: string) => request(app()).post('/x').set({ Host, Origin });
  expect((await ask('models.example', 'https://models.example')).status).toBe(200);
  expect((await ask('models.example:443', 'https://models.example')).status).toBe(200);
  expect((await ask('models.example:80', 'https://models.example')).status).toBe(403);
});

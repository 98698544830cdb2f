import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorHandler } from '@coppice/serverkit';
import express from 'express';
import request from 'supertest';
import { expect, it } from 'vitest';
import { requireGatewayAccess } from './gateway-access.ts';

it('asks again after five seconds, remembers a bounded number, and trusts its memory while the gateway is down', async () => {
  let asked = 0;
  let status = 204;
  const gateway = createServer((_req, res) => {
    asked += 1;
    if (status === 0) res.destroy();
    else res.writeHead(status).end();
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  let now = 0;
  const app = express()
    .use(requireGatewayAccess(`http://127.0.0.1:${(gateway.address() as AddressInfo).port}`, () => now))
    .use((_req, res) => void res.send('read'))
    .use(errorHandler({ error: () => {} }));
  const read = async (key = 'key') => (await request(app).get('/').set('X-API-Key', key)).status;
  try {
    expect([await read(), await read(), asked]).toEqual([200, 200, 1]);
    now = 5_000;
    expect([await read(), asked]).toEqual([200, 2]);
    now = 10_000;
    status = 0;
    expect(await read()).toBe(200);
    // a key that is no longer known closes at once, and stays closed
    status = 401;
    now = 20_000;
    expect(await read()).toBe(401);
    status = 0;
    expect(await read()).toBe(502);
    status = 204;
    for (let i = 0; i < 101; i++) await read(`key-${i}`);
    status = 0;
    now = 40_000;
    expect([await read('key-0'), await read('key-100')]).toEqual([502, 200]);
  } finally {
    gateway.close();
    gateway.closeAllConnections();
  }
});

import express, { Router } from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { noRoute } from './no-route.ts';
import { errorHandler } from './problem.ts';

const answer: express.RequestHandler = (_req, res) => void res.json({});

function app() {
  const routers = Router().get('/rows', answer).get('/rows/:id', answer);
  const mounted = Router({ caseSensitive: true }).get('/query', answer).delete('/query', answer).use(noRoute);
  return express()
    .post('/predict', answer)
    .use(routers)
    .patch('/rows', answer)
    .use('/below', mounted)
    .all('/gone', (_req, _res, next) => next())
    .use(noRoute)
    .use(errorHandler(pino({ level: 'silent' })));
}

describe('a request that no route answers', () => {
  it.each([
    ['GET', '/predict', 'POST'],
    ['HEAD', '/predict', 'POST'],
    ['POST', '/rows', 'GET, HEAD, PATCH'],
    ['PUT', '/rows/7?x=1', 'GET, HEAD'],
    ['POST', '/below/query', 'DELETE, GET, HEAD'],
  ])('%s %s gets 405 with Allow', async (method, path, allow) => {
    const { status, headers, body } = await request(app())[method.toLowerCase() as 'get'](path);
    expect({ status, allow: headers.allow }).toEqual({ status: 405, allow });
    expect(headers['content-type']).toContain('application/problem+json');
    if (method !== 'HEAD') expect(body.detail).toBe(`${method} is not allowed here: use ${allow}.`);
  });

  it.each([
    ['GET', '/nothing'],
    ['OPTIONS', '/nothing'],
    ['POST', '/below/QUERY'],
    ['GET', '/below/other'],
    ['GET', '/gone'],
  ])('%s %s gets 404', async (method, path) => {
    const { status, headers, body } = await request(app())[method.toLowerCase() as 'get'](path);
    expect({ status, allow: headers.allow }).toEqual({ status: 404, allow: undefined });
    expect(body.detail).toBe(`No route for ${method} ${path}.`);
  });

  it('OPTIONS gets what is allowed', async () => {
    expect((await request(app()).options('/predict').expect(204)).headers.allow).toBe('POST');
    expect((await request(app()).options('/rows/7').expect(200)).headers.allow).toBe('GET, HEAD');
  });
});

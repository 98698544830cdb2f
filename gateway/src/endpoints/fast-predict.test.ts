import { connect } from 'node:net';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

let model: OipServer;
let fast: TestGateway;
let usual: TestGateway;
beforeAll(async () => {
  model = await startOipServer();
  const models = [model.url];
  fast = await startGateway({ models });
  usual = await startGateway({ models, usualWay: true });
});
afterAll(async () => {
  await Promise.all([fast.stop(), usual.stop()]);
  await model.stop();
});

/** The bytes of the answer to one request, its id, time and date replaced. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) {
    answer += chunk;
    const [, length] = /Content-Length: (\d+)\r\n/i.exec(answer) ?? [];
    const at = answer.indexOf('\r\n\r\n');
    if (at >= 0 && Buffer.byteLength(answer.slice(at + 4)) >= Number(length ?? 0)) break;
  }
  return answer
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-7[\da-f-]{21}/g, '<id>')
    .replace(/total;dur=[\d.]+/, '<time>')
    .replace(/Date: .*/, '<date>');
}

const post = (body: string, ...headers: string[]) =>
  [
    'POST /predict HTTP/1.1',
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    ...headers,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');

describe('a prediction without the app', () => {
  it.each([
    ['one row', post('{"features":[1,0]}')],
    ['a batch', post('{"instances":[[1,0],[0,1]],"references":["a","b"]}')],
    ['a preview', post('{"features":[1,0],"preview":true}')],
    ['a user in a header', post('{"features":[1,0]}', 'X-User-Id: ann')],
    ['an id of the client', post('{"features":[1,0]}', 'X-Request-Id: my-request')],
    ['an id that cannot be shown', post('{"features":[1,0]}', 'X-Request-Id: <my request>')],
    ['a pin', post('{"features":[1,0]}', 'X-Model-Version: v1')],
    ['an unknown pin', post('{"features":[1,0]}', 'X-Model-Version: v9')],
    ['a row that is too short', post('{"features":[1]}')],
    ['a value that is no number', post('{"features":[1,"x"]}')],
    ['an unknown field', post('{"features":[1,0],"x":1}')],
    ['no JSON', post('{"features":[1,0}')],
    ['bytes that are not UTF-8', post('{"features":[1,0],"user":"\u00ff"}').replace('\u00ff', '\ufffd')],
    ['a user that is too long', post('{"features":[1,0]}', `X-User-Id: ${'a'.repeat(300)}`)],
    ['a name that the server does not have', post('{"features":[1,0]}').replace('127.0.0.1', 'evil.example')],
    ['a page of another origin', post('{"features":[1,0]}', 'Origin: https://evil.example')],
    ['another type', post('{"features":[1,0]}').replace('application/json', 'text/plain')],
    ['a type with a character set', post('{"features":[1,0]}').replace('json', 'json; charset=utf-8')],
    ['two hosts', post('{"features":[1,0]}', 'Host: localhost')],
  ])('answers %s with the same bytes as the app', async (_what, text) => {
    expect(await raw(fast.port, text)).toBe(await raw(usual.port, text));
  });

  it('counts and records what the app counts and records', async () => {
    const before = await Promise.all([fast, usual].map(counts));
    for (const gateway of [fast, usual]) {
      for (const text of [post('{"features":[1,0]}', 'X-User-Id: bea'), post('{"features":[1]}'), post('{"features":')])
        await raw(gateway.port, text);
      await raw(gateway.port, post('{"features":[1,0]}', 'X-Model-Version: v9'));
    }
    const after = await Promise.all([fast, usual].map(counts));
    const added = after.map((now, i) => Object.entries(now).map(([name, n]) => [name, n - (before[i]?.[name] ?? 0)]));
    expect(added[0]).toEqual(added[1]);
    expect(added[0]).toContainEqual(['prediction_requests_total', 4]);
    // rows are written a moment after their answers
    await vi.waitFor(async () => {
      const rows = await Promise.all([fast, usual].map(newest));
      expect(rows[0]?.user_hash).not.toBeNull();
      expect(rows[0]).toEqual(rows[1]);
    });
  });

  it('says why no version answered in the same bytes', async () => {
    const broken = await startOipServer();
    const both = await Promise.all([
      startGateway({ models: [broken.url] }),
      startGateway({ models: [broken.url], usualWay: true }),
    ]);
    await broken.stop();
    const answers = await Promise.all(
      both.map(async ({ port }) => {
        const said: string[] = [];
        while (!said.at(-1)?.startsWith('HTTP/1.1 503 ')) said.push(await raw(port, post('{"features":[1,0]}')));
        return said;
      }),
    );
    expect(answers[0]?.at(-1)).toBe(answers[1]?.at(-1));
    // a look at the server's readiness may be first to find that it is gone
    const failed = new Set(answers.flat().filter((answer) => !answer.startsWith('HTTP/1.1 503 ')));
    expect(failed.size).toBeLessThanOrEqual(1);
    for (const answer of failed) expect(answer).toMatch(/^HTTP\/1\.1 502 /);
    await Promise.all(both.map((gateway) => gateway.stop()));
  });
});

describe('API keys', () => {
  const env = { API_KEYS: 'the-key-of-a-client' };
  const right = post('{"features":[1,0]}', 'X-API-Key: the-key-of-a-client');
  const wrong = post('{"features":[1,0]}', 'X-API-Key: the-key-of-a-stranger');

  it.each([
    ['the right one', right],
    ['the right one as a token', post('{"features":[1,0]}', 'Authorization: Bearer the-key-of-a-client')],
    ['none', post('{"features":[1,0]}')],
    ['a wrong one', wrong],
    ['a right and a wrong one', right.replace('\r\n\r\n', '\r\nAuthorization: Bearer the-key-of-a-stranger\r\n\r\n')],
  ])('%s gets the same bytes as from the app', async (_what, text) => {
    const options = { models: [model.url], env };
    const both = await Promise.all([startGateway(options), startGateway({ ...options, usualWay: true })]);
    expect(await raw(both[0].port, text)).toBe(await raw(both[1].port, text));
    await Promise.all(both.map((gateway) => gateway.stop()));
  });

  it('refuse the right one, too, after many wrong ones from an address', async () => {
    const guarded = await startGateway({ models: [model.url], env });
    expect(await raw(guarded.port, right)).toMatch(/^HTTP\/1\.1 200 /);
    for (let i = 0; i < 20; i++) expect(await raw(guarded.port, wrong)).toMatch(/^HTTP\/1\.1 401 /);
    expect(await raw(guarded.port, right)).toMatch(/^HTTP\/1\.1 429 /);
    await guarded.stop();
  });
});

describe('where more than headers decides who may predict, each request goes through the app', () => {
  it('so that the rate limit counts each', async () => {
    const guarded = await startGateway({ models: [model.url], env: { RATE_LIMIT: '2' } });
    const statuses: string[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await raw(guarded.port, post('{"features":[1,0]}'))).slice(9, 12));
    expect(statuses).toEqual(['200', '200', '429']);
    await guarded.stop();
  });

  it("so that each answer has CORS' headers", async () => {
    const guarded = await startGateway({ models: [model.url], env: { CORS_ORIGINS: 'https://example.org' } });
    expect(await raw(guarded.port, post('{"features":[1,0]}'))).toContain('Vary: Origin');
    await guarded.stop();
  });
});

async function counts(gateway: TestGateway): Promise<Record<string, number>> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => /^prediction_(requests|request_errors|class)\w*_total/.test(line));
  return Object.fromEntries(lines.map((line) => [line.replace(/ [\d.]+$/, ''), Number(line.split(' ').at(-1))]));
}

async function newest(gateway: TestGateway): Promise<{ user_hash?: string | null }> {
  const { body } = await gateway.get('/predictions?limit=1');
  const { prediction_id: _id, time: _time, latency_ms: _latency, ...row } = body.predictions[0];
  return row;
}

import { startModelServer } from '@coppice/testkit/model-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let model: Awaited<ReturnType<typeof startModelServer>>;
let gateway: TestGateway;
let servers: string[];
beforeAll(async () => {
  model = await startModelServer({ version: 'v1' });
  gateway = await startGateway({ models: [model.url] });
  servers = [gateway.url, model.url];
});
afterAll(async () => {
  await gateway.stop();
  await model.stop();
});

const row = [1, 0, 0, 0];
const bodies: Record<string, string> = {
  '/predict': JSON.stringify({ features: row }),
  '/v2/models/iris/infer': JSON.stringify({
    inputs: [{ name: 'features', shape: [1, 4], datatype: 'FP64', data: row }],
  }),
};

/** The statuses of all readers of JSON, for their own good bodies after the same change. */
async function statuses(change: (body: string) => Buffer | string, type: string): Promise<number[]> {
  const asked = servers.flatMap((server) =>
    Object.entries(bodies).map(async ([path, body]) => {
      const init = { method: 'POST', headers: { 'content-type': type }, body: Buffer.from(change(body)) };
      return (await fetch(server + path, init)).status;
    }),
  );
  return Promise.all(asked);
}

const all = (status: number) => [status, status, status, status];
const JSON_TYPE = 'application/json';

describe('gateway and model server, at /predict and /v2', () => {
  it.each([
    ['a byte order mark', 200, (body: string) => `\ufeff${body}`, JSON_TYPE],
    ['a byte order mark and a charset', 200, (body: string) => `\ufeff${body}`, `${JSON_TYPE}; charset=utf-8`],
    ['two byte order marks', 400, (body: string) => `\ufeff\ufeff${body}`, JSON_TYPE],
    ['white space around it', 200, (body: string) => `\r\n\t ${body}\n`, JSON_TYPE],
    ['nothing', 400, () => '', JSON_TYPE],
    ['an end too early', 400, (body: string) => body.slice(0, -1), JSON_TYPE],
    ['an end too late', 400, (body: string) => `${body}}`, JSON_TYPE],
    ['a byte that is not UTF-8', 400, (body: string) => Buffer.from(body.replace('1', '"\xeb"'), 'latin1'), JSON_TYPE],
    ['UTF-16', 400, (body: string) => Buffer.from(body, 'utf16le'), JSON_TYPE],
    ['the charset UTF-16', 415, (body: string) => Buffer.from(body, 'utf16le'), `${JSON_TYPE}; charset=utf-16`],
    ['the charset Latin-1', 415, (body: string) => body, `${JSON_TYPE}; charset=latin1`],
    ['another type', 415, (body: string) => body, 'text/plain'],
    ['a megabyte of brackets', 400, () => '['.repeat(1024 * 1024), JSON_TYPE],
    [
      'brackets in its place',
      400,
      (body: string) => body.replace('[1,', `[${'['.repeat(99)}${']'.repeat(99)},`),
      JSON_TYPE,
    ],
  ])('read JSON with %s alike: %d', async (_what, status, change, type) => {
    expect(await statuses(change, type)).toEqual(all(status));
  });

  it('take or refuse the same bytes around and within JSON', async () => {
    const bytes = fc.uint8Array({ maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(bytes, bytes, fc.boolean(), async (before, after, mark) => {
        const change = (body: string) =>
          Buffer.concat([Buffer.from(mark ? '\ufeff' : ''), before, Buffer.from(body), after]);
        const [first, ...others] = await statuses(change, JSON_TYPE);
        expect(others).toEqual([first, first, first]);
      }),
      { numRuns: 200, seed: 9 },
    );
  });

  it.each([
    ['GET', '/predict', 'POST'],
    ['GET', '/v2/models/iris/infer', 'POST'],
    ['POST', '/v2/health/ready', 'GET, HEAD'],
    ['DELETE', '/v2/models/iris', 'GET, HEAD'],
    ['POST', '/health', 'GET, HEAD'],
    ['PUT', '/metrics', 'GET, HEAD'],
    ['POST', '/model-info', 'GET, HEAD'],
  ])('refuse %s %s and say what is allowed', async (method, path, allow) => {
    for (const server of servers) {
      const answer = await fetch(server + path, { method });
      expect({ status: answer.status, allow: answer.headers.get('allow') }).toEqual({ status: 405, allow });
    }
  });
});

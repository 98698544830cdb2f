import { connect } from 'node:net';
import { startModelServer } from '@coppice/testkit/model-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CLIENTS = 60;
const CLIENT_SECONDS = 4;

let versions: Awaited<ReturnType<typeof startModelServer>>[];
let gateway: TestGateway;
beforeAll(async () => {
  versions = [await startModelServer({ version: 'v1' }), await startModelServer({ version: 'v2' })];
  gateway = await startGateway({
    models: versions.map(({ url }) => url),
    features: 4,
    // a version's time ends before a client's does, and long after a busy machine answers
    env: { UPSTREAM_TIMEOUT: '2', CLIENT_TIMEOUT: String(CLIENT_SECONDS) },
  });
  // the first readiness check of a version fails where a busy machine takes longer than its time
  await until(async () => {
    const { versions: all } = (await gateway.get('/config', { authorization: 'Bearer test-admin-token' })).body;
    expect(all.map(({ ready }: { ready: boolean }) => ready)).toEqual([true, true]);
  });
});
afterAll(async () => {
  await gateway.stop();
  for (const version of versions) await version.stop();
});

const infer = JSON.stringify({ inputs: [{ name: 'features', shape: [1, 4], datatype: 'FP64', data: [1, 0, 0, 0] }] });

/** Sends a request but for the last 10 bytes of its body, and collects what comes until the connection ends. */
async function stall(line: string, body: string): Promise<string> {
  const socket = connect(gateway.port, '127.0.0.1').setEncoding('utf8');
  socket.write(
    `${line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer test-admin-token\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body.slice(0, -10)}`,
  );
  return (await socket.toArray()).join('');
}

// at once, since each waits for most of its time
describe.concurrent('clients that hold back the last bytes of a body', () => {
  it.each([
    ['POST /v2/models/iris/infer', infer],
    ['POST /models/v1/v2/models/iris/infer', infer],
    ['POST /predict', '{"features":[1,0,0,0]}'],
    ['POST /feedback', '{"prediction_id":"x","actual":"y"}'],
    ['PATCH /config', '{"preset":"equal","reason":"x"}'],
  ])('to %s get 408, and no version pays for them', async (line, body) => {
    let stalled = true;
    const answers = Promise.all(Array.from({ length: CLIENTS }, () => stall(line, body))).finally(() => {
      stalled = false;
    });
    let predicted = 0;
    while (stalled) {
      expect((await gateway.predict(1)).status).toBe(200);
      predicted++;
    }
    expect(predicted).toBeGreaterThan(10);
    const open = line.startsWith('POST /v2')
      ? /"error":"The request is incomplete/
      : /"detail":"The request is incomplete/;
    for (const answer of await answers) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
      expect(answer).toMatch(/\r\nConnection: close\r\n/i);
      expect(answer).toMatch(open);
    }
    for (const version of ['v1', 'v2'])
      for (const reason of ['timeout', 'connect'])
        expect(await gateway.metric(`prediction_errors_total{version="${version}",reason="${reason}"}`)).toBe(0);
    expect(gateway.logged()).not.toMatch(/ejected|"level":(40|50)/);
  });

  it('differ from those that are slow but go on', async () => {
    const socket = connect(gateway.port, '127.0.0.1').setEncoding('utf8');
    socket.write(
      `POST /v2/models/iris/infer HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${infer.length}\r\n\r\n`,
    );
    // nine parts, a fifth of the limit apart
    const size = Math.ceil(infer.length / 9);
    for (let at = 0; at < infer.length; at += size) {
      await new Promise((resolve) => setTimeout(resolve, (1000 * CLIENT_SECONDS) / 5));
      socket.write(infer.slice(at, at + size));
    }
    expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

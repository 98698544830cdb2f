import { once } from 'node:events';
import { connect } from 'node:net';
import { startModelServer } from '@coppice/testkit/model-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let model: Awaited<ReturnType<typeof startModelServer>>;
let gateway: TestGateway;
const ports: Record<string, number> = {};
beforeAll(async () => {
  model = await startModelServer({ version: 'v1' });
  gateway = await startGateway({ models: [model.url] });
  ports.gateway = gateway.port;
  ports['model server'] = model.port;
});
afterAll(async () => {
  await gateway.stop();
  await model.stop();
});

/** All that a server sends to this head before it closes the connection. */
async function exchange(server: string, head: string): Promise<string> {
  const socket = connect(ports[server] as number, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text) => {
    answer += text;
  });
  socket.write(`${head}\r\n\r\n`);
  await once(socket, 'close');
  return answer;
}

describe.each(['gateway', 'model server'])('the %s', (server) => {
  it('refuses two Host headers', async () => {
    expect(await exchange(server, 'GET /health HTTP/1.1\r\nHost: a\r\nHost: b')).toMatch(/^HTTP\/1.1 400 /);
  });

  it.each(
    server === 'gateway' ? ['/predict', '/feedback', '/v2/models/iris/infer'] : ['/predict', '/v2/models/iris/infer'],
  )('refuses a body that is too large before the client sends it: %s', async (path) => {
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\nExpect: 100-continue`;
    expect(await exchange(server, head)).toMatch(/^HTTP\/1.1 413 /);
  });
});

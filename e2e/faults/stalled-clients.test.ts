import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { printFigures } from './figures.ts';
import { failures, Load } from './load.ts';
import { startStack } from './stack.ts';

const CLIENTS = 60;

it('60 clients that hold back the end of their bodies: no version is ejected, no prediction of others fails', async () => {
  const { gateway } = await startStack({ env: { CLIENT_TIMEOUT: '2' } });
  const load = new Load(gateway.url, { rate: 100 });
  const stalled = await Promise.all(Array.from({ length: CLIENTS }, () => stall(gateway.port)));
  const answers = await Promise.all(stalled.map(answerTo));
  const outcomes = await load.stop();
  const { versions } = await gateway.ready();
  const statuses = Object.entries(Object.groupBy(answers, (status) => status ?? 'none')).map(
    ([s, all]) => `${all?.length} × ${s}`,
  );
  printFigures(`${CLIENTS} clients that hold back the last 10 bytes of an infer request`, {
    'their answers': statuses.join(', '),
    'predictions of others meanwhile, failed': `${outcomes.length}, ${JSON.stringify(failures(outcomes))}`,
    ejections: await gateway.metric('model_version_ejections_total'),
  });

  expect(answers).toEqual(new Array(CLIENTS).fill('408'));
  expect(failures(outcomes)).toEqual({});
  expect(versions.filter(({ ready, ejected }) => !ready || ejected)).toEqual([]);
  expect(await gateway.metric('model_version_ejections_total')).toBe(0);
});

/** A connection that has sent all of an infer request but its last 10 bytes. */
async function stall(port: number): Promise<Socket> {
  const body = JSON.stringify({ inputs: [{ name: 'x', shape: [1, 4], datatype: 'FP64', data: [1, 2, 3, 4] }] });
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(
    `POST /v2/models/iris/infer HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, -10)}`,
  );
  return socket;
}

/** Status of the answer, once the server has closed the connection. */
async function answerTo(socket: Socket): Promise<string | undefined> {
  let text = '';
  for await (const chunk of socket) text += chunk;
  return /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
}

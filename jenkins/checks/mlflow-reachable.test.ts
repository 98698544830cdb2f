import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort } from '@coppice/testkit/programs/free-port';
import { afterAll, beforeAll, expect, it } from 'vitest';

const program = fileURLToPath(new URL('mlflow-reachable.ts', import.meta.url));
const login = `Basic ${Buffer.from('jenkins:secret').toString('base64')}`;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const allowed = request.headers.authorization === login && request.url?.startsWith('/api/2.0/mlflow/');
    response.writeHead(allowed ? 200 : 401).end(allowed ? '{"experiments":[]}' : 'You are not authenticated.');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

function check(address: string, password: string) {
  const env = {
    ...{ PATH: process.env.PATH ?? '', WAIT: '0.1', MLFLOW_TRACKING_URI: address },
    ...{ MLFLOW_TRACKING_USERNAME: 'jenkins', MLFLOW_TRACKING_PASSWORD: password },
  };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [program], { env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

it('passes when the server takes the login', async () => {
  expect(await check(`${url}/`, 'secret')).toEqual({ code: 0, out: `MLflow at ${url} answers\n`, err: '' });
});

it('fails in one line for a wrong login and where nothing listens', async () => {
  const refused = await check(url, 'wrong');
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toMatch(/answered 401: You are not authenticated\.\n$/);
  expect((await check(`http://127.0.0.1:${await freePort()}`, 'secret')).err).toMatch(/^http.*: ECONNREFUSED\n$/);
});

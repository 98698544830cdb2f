import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '@coppice/testkit/programs/free-port';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MlflowAwayError, MlflowClient, MlflowRefusedError, UploadRefusedError } from './mlflow-client.ts';

let server: Server | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  server = null;
});

/** A client of a server that answers every request like this. */
async function clientOf(answer: RequestListener): Promise<MlflowClient> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return new MlflowClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    login: { user: 'ada', password: 's3cret' },
  });
}
const ask = (client: MlflowClient) => client.get('runs/get', { run_id: '1' }, z.object({ run: z.object({}) }));
const failure = async (client: MlflowClient, call: Promise<unknown> = ask(client)) => {
  const error = (await call.catch((cause) => cause)) as Error;
  return { error, line: error.message.replace(client.url, 'URL') };
};

describe('an MLflow server that is no help', () => {
  it('is away: the line says why, without the login', async () => {
    const port = await freePort();
    const client = new MlflowClient({ url: `http://127.0.0.1:${port}`, login: { user: 'ada', password: 's3cret' } });
    const { error, line } = await failure(client);
    expect(error).toBeInstanceOf(MlflowAwayError);
    expect(line).toBe(`MLflow at URL cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}`);
  });

  it('hangs', async () => {
    const client = await clientOf(() => {});
    const { error, line } = await failure(client, client.reach(0.2));
    expect(error).toBeInstanceOf(MlflowAwayError);
    expect(line).toBe('MLflow at URL cannot be reached: no answer in 0.2 s');
  });

  it('breaks off in the middle of an answer', async () => {
    const client = await clientOf((_, res) => {
      res.writeHead(200, { 'content-length': '100' }).write('{"run":');
      setTimeout(() => res.destroy(), 20);
    });
    const { error, line } = await failure(client);
    expect(error).toBeInstanceOf(MlflowAwayError);
    expect(line).toMatch(/^MLflow at URL cannot be reached: \S.*$/);
  });

  it.each<[number, string, string, typeof MlflowAwayError | typeof MlflowRefusedError]>([
    [401, 'You are not authenticated.\nSee the docs', 'answers 401: You are not authenticated.', MlflowRefusedError],
    [500, '<html>oops</html>', 'answers 500: <html>oops</html>', MlflowAwayError],
    [429, '', 'answers 429: ', MlflowAwayError],
    [200, 'not JSON', 'answers runs/get with something else than expected', MlflowAwayError],
    [200, '{"runs":[]}', 'answers runs/get with something else than expected', MlflowAwayError],
  ])('answers %i %j', async (status, body, line, kind) => {
    const client = await clientOf((_, res) => void res.writeHead(status).end(body));
    const found = await failure(client);
    expect(found.error).toBeInstanceOf(kind);
    expect(found.line).toBe(`MLflow at URL ${line}`);
  });

  it('refuses with a code of its own', async () => {
    const body = JSON.stringify({ error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'No run' });
    const client = await clientOf((_, res) => void res.writeHead(404).end(body));
    const { error } = await failure(client);
    expect(error).toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: `MLflow at ${client.url} answers 404: No run`,
    });
  });

  it('has a proxy in front that refuses a large file', async () => {
    const client = await clientOf((_, res) => void res.writeHead(413).end('<html>too large</html>'));
    const { error } = await failure(client, client.upload('mlflow-artifacts:/1/run', 'model.onnx', Buffer.from('a')));
    expect(error).toBeInstanceOf(UploadRefusedError);
    expect(error.message).toMatch(/^model\.onnx: MLflow at .* answers 413: <html>too large/);
  });

  it('keeps its artifacts somewhere else', async () => {
    const client = await clientOf((_, res) => void res.end());
    await expect(client.upload('s3://bucket/1/artifacts', 'a', Buffer.from('a'))).rejects.toThrow(
      'the artifacts are at s3://bucket/1/artifacts, not behind the server',
    );
  });
});

it('sends the login and the bytes of an artifact, whose name is escaped', async () => {
  const seen: unknown[] = [];
  const client = await clientOf(async (req, res) => {
    const body = Buffer.concat(await req.toArray()).toString();
    seen.push([req.method, req.url, req.headers.authorization, body]);
    res.end('{}');
  });
  await client.upload('mlflow-artifacts:/1/run/artifacts', 'report/a b.txt', Buffer.from('text'));
  const login = `Basic ${Buffer.from('ada:s3cret').toString('base64')}`;
  expect(seen).toEqual([
    ['PUT', '/api/2.0/mlflow-artifacts/artifacts/1/run/artifacts/report/a%20b.txt', login, 'text'],
  ]);
});

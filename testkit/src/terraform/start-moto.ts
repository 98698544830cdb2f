import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensurePython } from '../programs/ensure-python.ts';
import { freePort } from '../programs/free-port.ts';

/** An emulator of AWS (https://github.com/getmoto/moto) on a free loopback port, empty at the start, gone with `stop`. */
export type Moto = {
  url: string;
  /** An answer of a REST service such as EKS or S3, as text. */
  get(service: string, path: string): Promise<string>;
  /** An answer of a service that takes a form with an action (EC2, IAM, RDS), as XML. */
  query(service: string, version: string, action: string, parameters?: Record<string, string>): Promise<string>;
  /** An answer of a service that takes JSON with a target (ECR, KMS), as JSON. */
  json(service: string, target: string, body?: object): Promise<unknown>;
  stop(): Promise<void>;
};

export async function startMoto(): Promise<Moto> {
  const bin = await ensurePython(['moto[server]==5.2.5']);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(join(bin, 'moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    // roles of EKS get policies of AWS
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' },
    stdio: 'ignore',
  });
  const isUp = () =>
    fetch(`${url}/moto-api/`).then(
      () => true,
      () => false,
    );
  while (!(await isUp())) {
    if (child.exitCode !== null) throw new Error(`moto did not start: status ${child.exitCode}`);
    await sleep(100);
  }

  const ask = async (service: string, path: string, init: RequestInit): Promise<string> => {
    const answer = await fetch(`${url}${path}`, {
      ...init,
      headers: {
        ...init.headers,
        // moto reads the service's name from here, and checks no signature
        authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${service} ${path}: ${answer.status} ${text}`);
    return text;
  };

  return {
    url,
    get: (service, path) => ask(service, path, {}),
    query: (service, version, action, parameters = {}) =>
      ask(service, '/', {
        method: 'POST',
        body: new URLSearchParams({ Action: action, Version: version, ...parameters }),
      }),
    json: async (service, target, body = {}) =>
      JSON.parse(
        await ask(service, '/', {
          method: 'POST',
          headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
          body: JSON.stringify(body),
        }),
      ),
    async stop() {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from '@coppice/testkit/programs/find-prometheus-tool';
import { freePort } from '@coppice/testkit/programs/free-port';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
let child: ChildProcess | undefined;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-alertmanager-'));
  mkdirSync(`${folder}/bin`);
  mkdirSync(`${folder}/targets`);
  symlinkSync(await findTool('alertmanager'), `${folder}/bin/alertmanager`);
});

afterEach(async () => {
  if (child?.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit');
  rmSync(folder, { recursive: true, force: true });
});

async function start(env: NodeJS.ProcessEnv): Promise<string> {
  const port = await freePort();
  const args = [
    join(import.meta.dirname, 'start'),
    ...[`--storage.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='],
  ];
  child = spawn('sh', args, {
    stdio: 'ignore',
    env: {
      ...process.env,
      PATH: `${folder}/bin:${process.env.PATH}`,
      ALERTMANAGER_CONFIG: join(import.meta.dirname, 'alertmanager.yml'),
      ALERTMANAGER_TARGETS: `${folder}/targets`,
      ...env,
    },
  });
  url = `http://127.0.0.1:${port}`;
  await eventually(async () => (await fetch(`${url}/-/ready`)).ok);
  const status = (await (await fetch(`${url}/api/v2/status`)).json()) as { config: { original: string } };
  return status.config.original;
}

const stop = async () => {
  child?.kill('SIGTERM');
  const [status] = await once(child as ChildProcess, 'exit');
  return status;
};

describe('Alertmanager’s start', () => {
  it.each(['', 'http://127.0.0.1:9/hook?a=1&b=|\'"'])('takes ALERT_WEBHOOK_URL=%s', async (url) => {
    const config = await start({ ALERT_WEBHOOK_URL: url });
    expect(config.includes('webhook_configs')).toBe(url !== '');
    expect(await stop()).toBe(0);
  });

  it('sends drift to the retrainer, with its token, when RETRAIN_WEBHOOK_URL is set', async () => {
    const received: { authorization: string | undefined; body: string }[] = [];
    const server = createServer((req, res) => {
      let body = '';
      req.on('data', (text) => (body += text));
      req.on('end', () => {
        received.push({ authorization: req.headers.authorization, body });
        res.end('{}');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const text = readFileSync(join(import.meta.dirname, 'alertmanager.yml'), 'utf8');
    writeFileSync(`${folder}/soon.yml`, text.replace('group_wait: 10s', 'group_wait: 100ms'));
    const config = await start({
      ALERTMANAGER_CONFIG: `${folder}/soon.yml`,
      ...{ RETRAIN_WEBHOOK_URL: `http://127.0.0.1:${port}/alerts`, RETRAIN_TOKEN: "a-token-with-'quotes'" },
    });
    expect(config).not.toContain('a-token-with');
    await fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(
        ['PredictionDrift', 'ModelDrift'].map((alertname) => ({ labels: { alertname, job: alertname } })),
      ),
    });
    await eventually(() => received.length > 0);
    expect(received.map(({ authorization }) => authorization)).toEqual(["Bearer a-token-with-'quotes'"]);
    expect(received[0]?.body).toContain('"alertname":"ModelDrift"');
    expect(received[0]?.body).not.toContain('PredictionDrift');
    await stop();
    server.close();
  });

  it('gives Prometheus its address while it runs', async () => {
    await start({ ALERTMANAGER_ADDRESS: 'somewhere:9093' });
    const file = `${folder}/targets/alertmanager.json`;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([{ targets: ['somewhere:9093'] }]);
    await stop();
    expect(existsSync(file)).toBe(false);
  });
});

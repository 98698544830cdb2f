import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@coppice/testkit/eventually';
import { findTool } from '@coppice/testkit/programs/find-prometheus-tool';
import { freePort } from '@coppice/testkit/programs/free-port';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
let child: ChildProcess | undefined;

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
  const url = `http://127.0.0.1:${port}`;
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

  it('tells Prometheus where it is, while it runs', async () => {
    await start({ ALERTMANAGER_ADDRESS: 'somewhere:9093' });
    const file = `${folder}/targets/alertmanager.json`;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([{ targets: ['somewhere:9093'] }]);
    await stop();
    expect(existsSync(file)).toBe(false);
  });
});

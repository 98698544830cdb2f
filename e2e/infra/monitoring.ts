import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTool } from '@coppice/testkit/programs/find-prometheus-tool';
import { freePort } from '@coppice/testkit/programs/free-port';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { parse } from 'yaml';

const prometheusFolder = fileURLToPath(new URL('../../prometheus', import.meta.url));

export type Monitoring = {
  prometheusUrl: string;
  alertmanagerUrl: string;
  prometheusLog(): string;
  /** Starts Alertmanager with the script of its image; Prometheus has to find it by itself. */
  startAlertmanager(webhookUrl: string, retrainer?: { url: string; token: string }): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Runs the programs with the committed configuration, but faster: all intervals and every `for` become 1 s. The rules'
 * expressions and windows stay unchanged.
 */
export async function startMonitoring(targets: {
  gatewayUrl: string;
  modelUrls: Record<string, string>;
}): Promise<Monitoring> {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-monitoring-'));
  const children: ChildProcess[] = [];
  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
  const prometheusUrl = `http://127.0.0.1:${prometheusPort}`;
  const alertmanagerUrl = `http://127.0.0.1:${alertmanagerPort}`;
  let prometheusLog = '';
  const start = (program: string, args: string[], env = process.env) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  };
  const stop = async () => {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    writeConfigurations(folder, { ...targets, prometheusPort });
    const prometheus = start(await findTool('prometheus'), [
      `--config.file=${folder}/prometheus.json`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    ]);
    for (const stream of [prometheus.stdout, prometheus.stderr])
      stream?.on('data', (chunk) => {
        prometheusLog += chunk;
      });
    await eventually(async () => (await fetch(`${prometheusUrl}/-/ready`)).ok, { more: prometheusLogOf });
  } catch (error) {
    await stop();
    throw error;
  }
  function prometheusLogOf(): string {
    return prometheusLog;
  }

  return {
    prometheusUrl,
    alertmanagerUrl,
    prometheusLog: prometheusLogOf,
    async startAlertmanager(webhookUrl, retrainer) {
      mkdirSync(`${folder}/bin`);
      symlinkSync(await findTool('alertmanager'), `${folder}/bin/alertmanager`);
      start(
        'sh',
        [
          `${prometheusFolder}/alertmanager/start`,
          `--storage.path=${folder}/alertmanager`,
          `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
          '--cluster.listen-address=',
        ],
        {
          ...process.env,
          PATH: `${folder}/bin:${process.env.PATH}`,
          ALERT_WEBHOOK_URL: webhookUrl,
          ...(retrainer && { RETRAIN_WEBHOOK_URL: retrainer.url, RETRAIN_TOKEN: retrainer.token }),
          ALERTMANAGER_CONFIG: `${folder}/alertmanager.yml`,
          ALERTMANAGER_TARGETS: `${folder}/alertmanagers`,
          ALERTMANAGER_ADDRESS: `127.0.0.1:${alertmanagerPort}`,
        },
      );
      await eventually(async () => (await fetch(`${alertmanagerUrl}/-/ready`)).ok);
    },
    stop,
  };
}

type Targets = { gatewayUrl: string; modelUrls: Record<string, string>; prometheusPort: number };

function writeConfigurations(folder: string, { gatewayUrl, modelUrls, prometheusPort }: Targets): void {
  for (const name of ['rules', 'alertmanagers', 'targets']) mkdirSync(`${folder}/${name}`);
  for (const file of readdirSync(`${prometheusFolder}/rules`)) {
    const rules = readFileSync(`${prometheusFolder}/rules/${file}`, 'utf8');
    writeFileSync(`${folder}/rules/${file}`, rules.replaceAll(/^( +)(for|interval): \d+[smh]$/gm, '$1$2: 1s'));
  }
  const alertmanager = readFileSync(`${prometheusFolder}/alertmanager/alertmanager.yml`, 'utf8');
  writeFileSync(
    `${folder}/alertmanager.yml`,
    alertmanager.replaceAll(/^( +)(group_wait|group_interval): \d+[smh]$/gm, '$1$2: 1s'),
  );

  const addresses: Record<string, string> = {
    'gateway:5000': new URL(gatewayUrl).host,
    '127.0.0.1:9090': `127.0.0.1:${prometheusPort}`,
    ...Object.fromEntries(Object.entries(modelUrls).map(([v, url]) => [`model-${v}:8080`, new URL(url).host])),
  };
  const config = parse(readFileSync(`${prometheusFolder}/prometheus.yml`, 'utf8'));
  config.global = { scrape_interval: '1s', evaluation_interval: '1s' };
  config.alerting.alertmanagers[0].file_sd_configs[0].refresh_interval = '1s';
  for (const { static_configs = [] } of config.scrape_configs)
    for (const group of static_configs) group.targets = group.targets.map((target: string) => addresses[target]);
  writeFileSync(`${folder}/prometheus.json`, JSON.stringify(config));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(hard);
}

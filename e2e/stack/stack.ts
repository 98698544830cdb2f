import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aliasOfVersion } from '@coppice/contract';
import { findVersions } from '@coppice/scripts/start/find-versions';
import { type Plan, planServices, type Service } from '@coppice/scripts/start/plan';
import { prometheusConfig } from '@coppice/scripts/start/prometheus-config';
import { Supervisor } from '@coppice/scripts/start/supervisor';
import { httpUrl } from '@coppice/serverkit';
import { freePort } from '@coppice/testkit/programs/free-port';

type Env = Record<string, string | undefined>;

export type StackOptions = {
  /** Folder of trained versions. Default: the bundled forests. */
  artifacts?: string;
  /** Versions of the folder to run. Default: all. */
  versions?: string[];
  /** A registry, of which v1 serves the champion and v2 the challenger, as under `npm start`. Default: all serve folders. */
  registry?: string;
  /** Address to listen on. Default: 127.0.0.1. */
  host?: string;
  /** `MODEL_V<n>_WEIGHT`, by version. */
  weights?: Record<string, number>;
  /** Further settings, by kind of service. */
  env?: { models?: Env; gateway?: Env; ui?: Env };
  /** Whether to run the page (default true). */
  ui?: boolean;
  /** Prometheus' program, to run it, too. */
  prometheus?: string;
};

export type Stack = {
  gatewayUrl: string;
  uiUrl: string;
  prometheusUrl: string;
  modelUrls: Record<string, string>;
  adminToken: string;
  dataDir: string;
  /** Log of a service so far. */
  log(service: string): string;
  /** The process id of a running service. */
  pid(service: string): number | undefined;
  /** Ends one service (`model-v1`, `gateway`, `ui`) and waits for its end. */
  kill(service: string, signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again at the same address, optionally with further settings, and waits until it is ready. */
  restart(service: string, env?: Env): Promise<void>;
  stop(): Promise<void>;
};

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the real stack on free ports of this machine with its own data folder, and waits until all of it is ready. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const plan = await makePlan(options);
  const services = planServices(plan).map((service) => withEnv(service, options));
  const logs = new Map(services.map(({ name }) => [name, '']));
  const supervisor = new Supervisor({
    onLine: (name, line) => logs.set(name, `${logs.get(name)}${line}\n`),
    onEnded: ({ service, code, signal }) => logs.set(service, `${logs.get(service)}(ended: ${signal ?? code})\n`),
  });
  const up = async (wanted: Service[]) => {
    for (const service of wanted) supervisor.start(service);
    const ready = await Promise.all(wanted.map((service) => supervisor.ready(service, 60_000)));
    const late = wanted.filter((_service, i) => !ready[i]).map(({ name }) => `${name}:\n${logs.get(name)}`);
    if (late.length > 0) throw new Error(`not ready within 60 s: ${late.join('\n')}`);
  };
  const stop = async () => {
    await supervisor.stop();
    rmSync(plan.dataDir, { recursive: true, force: true });
  };
  const isModel = ({ name }: Service) => name.startsWith('model-');
  try {
    await up(services.filter(isModel));
    await up(services.filter((service) => !isModel(service)));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    gatewayUrl: httpUrl(plan.host, plan.gatewayPort),
    uiUrl: httpUrl(plan.host, plan.uiPort ?? 0),
    prometheusUrl: httpUrl(plan.host, plan.prometheus?.port ?? 0),
    modelUrls: Object.fromEntries(plan.versions.map(({ version, port }) => [version, httpUrl(plan.host, port)])),
    adminToken: 'test-admin-token',
    dataDir: plan.dataDir,
    log: (name) => logs.get(name) ?? '',
    pid: (name) => supervisor.pid(name),
    kill: (name, signal) => supervisor.end(name, signal),
    restart: async (name, env = {}) => {
      const service = services.find((candidate) => candidate.name === name);
      if (!service) throw new Error(`no ${name} in this stack`);
      await supervisor.end(name);
      await up([{ ...service, env: { ...service.env, ...env } }]);
    },
    stop,
  };
}

async function makePlan(options: StackOptions): Promise<Plan> {
  const { artifacts, versions, registry, host = '127.0.0.1', weights = {}, ui = true, prometheus } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'coppice-e2e-'));
  const found = findVersions(artifacts ?? join(root, 'artifacts'));
  const wanted = found.filter(({ version }) => versions?.includes(version) ?? true);
  const plan: Plan = {
    root,
    host,
    dataDir,
    env: {
      ...inherited(process.env),
      ADMIN_TOKEN: 'test-admin-token',
      ...Object.fromEntries(Object.entries(weights).map(([v, weight]) => [weightName(v), String(weight)])),
    },
    versions: await Promise.all(
      wanted.map(async (version) => ({
        ...{ ...version, port: await freePort(host) },
        source:
          registry && aliasOfVersion[version.version] && `registry:${version.model}@${aliasOfVersion[version.version]}`,
      })),
    ),
    registry,
    gatewayPort: await freePort(host),
    uiPort: ui ? await freePort(host) : undefined,
    prometheus: prometheus
      ? { program: prometheus, port: await freePort(host), config: join(dataDir, 'prometheus.json') }
      : undefined,
  };
  if (plan.prometheus) writeFileSync(plan.prometheus.config, prometheusConfig(root, plan));
  return plan;
}

/** What every program needs; a user's own settings must not affect a test. */
function inherited(env: Env): Env {
  const names = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'NODE_V8_COVERAGE'];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function weightName(version: string): string {
  return `MODEL_${version.toUpperCase()}_WEIGHT`;
}

function withEnv(service: Service, { env = {} }: StackOptions): Service {
  const kind = service.name.startsWith('model-') ? 'models' : service.name;
  const more = kind === 'models' || kind === 'gateway' || kind === 'ui' ? env[kind] : undefined;
  return { ...service, env: { ...service.env, ...more } };
}

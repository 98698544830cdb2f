import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostPort, httpUrl } from '@coppice/serverkit';
import type { TrainedVersion } from './find-versions.ts';

type Env = Record<string, string | undefined>;

/** A process of the stack: its command, and the address of its readiness. */
export type Service = { name: string; command: string; args: string[]; env: Env; ready: string };

export type Plan = {
  root: string;
  /** The environment that the services inherit; their own settings in it stay. */
  env: Env;
  host: string;
  dataDir: string;
  /** `source` as in `MODEL_SOURCE`; undefined: the version's folder. */
  versions: (TrainedVersion & { port: number; source?: string | undefined })[];
  /** Where the releases are; undefined: nowhere, as in stacks that serve folders alone. */
  registry?: string | undefined;
  gatewayPort: number;
  /** Undefined: no page. */
  uiPort: number | undefined;
  prometheus: { program: string; port: number; config: string } | undefined;
  /** Port of the spoiler that stands between the gateway and the versions here; undefined: none. */
  spoilerPort?: number | undefined;
};

/** The processes of a stack on this machine, in the order in which they start. */
export function planServices(plan: Plan): Service[] {
  const { root, host, dataDir, gatewayPort, uiPort, prometheus } = plan;
  const env: Env = {
    ...plan.env,
    BIND_ADDRESS: host,
    // one malloc arena rather than one per thread: less free memory that is not returned to the system
    MALLOC_ARENA_MAX: '1',
    NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/coppice/compile'),
  };
  const modelName = plan.env.MODEL_NAME || plan.versions[0]?.model || 'iris';
  const node = (name: string, file: string, port: number, more: Env): Service => ({
    name,
    command: process.execPath,
    args: ['--import', beside('end-with-stdin.mjs'), ...smallHeap, join(root, file)],
    env: { ...env, ...(plan.registry ? { REGISTRY_URL: plan.registry } : {}), MODEL_NAME: modelName, ...more },
    ready: `${httpUrl(host, port)}/ready`,
  });
  const models = plan.versions.map((version) =>
    node(`model-${version.version}`, 'models/src/main.ts', version.port, modelEnv(version, plan)),
  );
  const gatewayEnv = {
    GATEWAY_PORT: String(gatewayPort),
    DATA_DIR: dataDir,
    ...(uiPort ? { UI_PORT: String(uiPort), PUBLIC_URL: plan.env.PUBLIC_URL || httpUrl(host, uiPort) } : {}),
    ...versionUrls(plan),
  };
  const gateway = node('gateway', 'gateway/src/main.ts', gatewayPort, gatewayEnv);
  const services = [...models, ...spoilerOf(plan, node), gateway];
  if (uiPort !== undefined)
    services.push(
      node('ui', 'ui/server/main.ts', uiPort, {
        UI_PORT: String(uiPort),
        GATEWAY_URL: httpUrl(host, gatewayPort),
        ...prometheusAddress(plan),
      }),
    );
  if (prometheus) services.push(prometheusService(prometheus, env, plan));
  return services;
}

/** Of this checkout, also when `root` is another one, as in benchmarks against an older commit. */
const beside = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/**
 * A small young generation, and an old one that is swept early: saves tens of megabytes at no measurable cost. Two threads help V8 collect
 * garbage rather than four, which on two processors keep predictions waiting while somebody exports the record.
 */
const smallHeap = ['--max-semi-space-size=4', '--heap-growing-percent=20', '--v8-pool-size=2'];

/** Lets `npm run simulate -- --bad …` spoil the answers of the versions here. */
function spoilerOf(
  { host, versions, spoilerPort }: Plan,
  node: (name: string, file: string, port: number, more: Env) => Service,
): Service[] {
  if (spoilerPort === undefined) return [];
  const targets = versions.map(({ version, port }) => `${version}=${httpUrl(host, port)}`).join(',');
  const env = { SPOILER_PORT: String(spoilerPort), SPOILER_TARGETS: targets };
  return [node('spoiler', 'scripts/simulate/spoiler/main.ts', spoilerPort, env)];
}

function modelEnv({ folder, version, port, source }: Plan['versions'][number], { env, dataDir }: Plan): Env {
  const keep = source === undefined ? {} : { MODEL_KEEP_DIR: env.MODEL_KEEP_DIR || join(dataDir, 'kept') };
  // a MODEL_SOURCE of the user's would make all versions one
  return { MODEL_DIR: folder, MODEL_SOURCE: source ?? '', MODEL_VERSION: version, PORT: String(port), ...keep };
}

/** Addresses of the versions that run here. One that the user runs elsewhere keeps its own; v1 or v2 without any is left out. */
function versionUrls({ env, host, versions, spoilerPort }: Plan): Env {
  const urls: Env = { MODEL_V1_URL: 'none', MODEL_V2_URL: 'none' };
  for (const { version, port } of versions)
    urls[urlName(version)] =
      spoilerPort === undefined ? httpUrl(host, port) : `${httpUrl(host, spoilerPort)}/versions/${version}`;
  for (const name of Object.keys(env)) if (/^MODEL_V\d+_URL$/.test(name) && env[name]) urls[name] = env[name];
  return urls;
}

export function urlName(version: string): string {
  return `MODEL_${version.toUpperCase()}_URL`;
}

function prometheusAddress({ env, host, prometheus }: Plan): Env {
  if (prometheus) return { PROMETHEUS_URL: httpUrl(host, prometheus.port), PROMETHEUS_PORT: String(prometheus.port) };
  // nothing listens on the discard port: another program on 9090 must not pass for this stack's Prometheus
  return { PROMETHEUS_URL: env.PROMETHEUS_URL || 'http://127.0.0.1:9' };
}

function prometheusService(
  { program, port, config }: NonNullable<Plan['prometheus']>,
  env: Env,
  { host, dataDir }: Plan,
): Service {
  const args = [
    beside('run-with-stdin.mjs'),
    program,
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(dataDir, 'prometheus')}`,
    '--storage.tsdb.retention.time=15d',
    `--web.listen-address=${hostPort(host, port)}`,
    '--log.format=json',
    '--log.level=warn',
  ];
  return { name: 'prometheus', command: process.execPath, args, env, ready: `${httpUrl(host, port)}/-/ready` };
}

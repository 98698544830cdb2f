import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openRegistry } from '@coppice/registry/open-registry';
import { registryPlace } from '@coppice/registry/registry-place';
import { ConfigError, envHost, envPort, httpUrl, keepFilesPrivate } from '@coppice/serverkit';
import { freePort } from '@coppice/testkit/programs/free-port';
import { SPOILER_PORT } from './simulate/spoiler/spoiler-port.ts';
import { absoluteFiles } from './start/absolute-files.ts';
import { banner } from './start/banner.ts';
import { type Aliases, chooseVersions } from './start/choose-versions.ts';
import { findProgram } from './start/find-program.ts';
import { findVersions } from './start/find-versions.ts';
import { formatLogLine } from './start/log-line.ts';
import { type Plan, planServices, type Service } from './start/plan.ts';
import { isTaken } from './start/port-taken.ts';
import { prometheusConfig } from './start/prometheus-config.ts';
import { type Ended, Supervisor } from './start/supervisor.ts';

const help = `Run the whole stack on this machine without Docker: a server per trained version, the gateway, the page,
and Prometheus if a program of that name is on PATH. A server that ends is started again. Ctrl-C stops everything.

  npm start [-- --spoiler]

  --spoiler   put a small proxy between gateway and models, so that npm run simulate -- --bad v2:errors=0.02 can make a
              version bad for a while (docs/traffic.md)

Settings from the environment:
  GATEWAY_PORT, UI_PORT, PROMETHEUS_PORT   5000, 8501, 9090; 0 chooses a free one
  SPOILER_PORT                             5099
  BIND_ADDRESS                             address to listen on (127.0.0.1)
  DATA_DIR                                 database, admin token, Prometheus' data (./data)
  ARTIFACTS_DIR                            trained versions, a folder each (./artifacts)
  REGISTRY_URL                             releases: a folder, or s3://bucket/prefix (registry in ARTIFACTS_DIR)
  MODEL_V<n>_SOURCE                        what a version serves, such as artifacts/v2, registry:iris@7 or mlflow:iris@7
                                           (v1: the champion, v2: the challenger, others: their folders)
  MODEL_V<n>_WEIGHT, LOG_LEVEL, …          settings of the services; docs/settings.md lists them
`;

const root = fileURLToPath(new URL('..', import.meta.url));
const env = process.env;

// for all services, Prometheus' data among them
keepFilesPrivate();
const supervisor = new Supervisor({ onLine: showLine, onEnded });
let finishing = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void finish(0, 'stopping …'));
// `npm start | head` closes the pipe
process.stdout.on('error', () => void finish(1, ''));

try {
  const plan = await makePlan(readArguments());
  await startAll(plan);
} catch (error) {
  await finish(1, error instanceof ConfigError ? error.message : String((error as Error).stack));
}

function readArguments(): { spoiler: boolean } {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' }, spoiler: { type: 'boolean' } } });
    if (!values.help) return { spoiler: values.spoiler ?? false };
  } catch (cause) {
    throw new ConfigError(`${(cause as Error).message.split('\n')[0]} (--help lists the options)`, { cause });
  }
  process.stdout.write(help);
  process.exit(0);
}

async function makePlan({ spoiler }: { spoiler: boolean }): Promise<Plan> {
  const host = envHost(env, 'BIND_ADDRESS') ?? '127.0.0.1';
  const userFolder = env.INIT_CWD ?? process.cwd();
  const dataDir = resolve(userFolder, env.DATA_DIR?.trim() || join(root, 'data'));
  const artifacts = resolve(userFolder, env.ARTIFACTS_DIR?.trim() || join(root, 'artifacts'));
  const program = findProgram('prometheus', (env.PATH ?? '').split(delimiter));
  const gatewayPort = await publicPort('GATEWAY_PORT', 5000, host);
  const uiPort = await publicPort('UI_PORT', 8501, host);
  const prometheus = program
    ? { program, port: await publicPort('PROMETHEUS_PORT', 9090, host), config: join(dataDir, 'prometheus.json') }
    : undefined;
  // where the trainer publishes by default
  const registry = registryPlace(env.REGISTRY_URL?.trim() || join(artifacts, 'registry'), userFolder);
  const found = findVersions(artifacts);
  const model = env.MODEL_NAME || found[0]?.model || 'iris';
  const aliases = await readAliases(registry, model);
  const versions = [];
  for (const version of chooseVersions({ model, artifacts, found, aliases, env, userFolder }))
    versions.push({ ...version, port: await freePort(host) });
  const spoilerPort = spoiler ? await publicPort('SPOILER_PORT', SPOILER_PORT, host) : undefined;
  const inherited = absoluteFiles(env, userFolder);
  return { root, env: inherited, host, dataDir, versions, registry, gatewayPort, uiPort, prometheus, spoilerPort };
}

/** Null while the registry cannot be read: the model servers say why. */
async function readAliases(registry: string, model: string): Promise<Aliases | null> {
  try {
    return (await (await openRegistry(registry, model)).current()).state.aliases;
  } catch {
    return null;
  }
}

async function publicPort(name: string, fallback: number, host: string): Promise<number> {
  const port = envPort(env, name, fallback);
  if (port === 0) return freePort(host);
  if (await isTaken(port, host))
    throw new ConfigError(`port ${port} is taken by another program: stop it, or set ${name} to another port`);
  return port;
}

async function startAll(plan: Plan): Promise<void> {
  mkdirSync(plan.dataDir, { recursive: true });
  if (plan.prometheus) writeFileSync(plan.prometheus.config, prometheusConfig(root, plan));
  const services = planServices(plan);
  const isModel = ({ name }: Service) => name.startsWith('model-') || name === 'spoiler';
  // so that the gateway finds its versions ready; one that does not become ready has logged why, and the others serve
  await startAndWait(services.filter(isModel), 15_000);
  await startAndWait(
    services.filter((service) => !isModel(service)),
    60_000,
    true,
  );
  if (!finishing) process.stdout.write(banner(addresses(plan), notes(plan)));
}

async function startAndWait(services: Service[], timeoutMs: number, needed = false): Promise<void> {
  for (const service of services) if (!finishing) supervisor.start(service);
  const ready = await Promise.all(services.map((service) => supervisor.ready(service, timeoutMs)));
  const late = services.find((_service, i) => !ready[i]);
  if (late && needed && !finishing)
    throw new ConfigError(`${late.name} did not become ready within ${timeoutMs / 1000} s`);
}

function addresses({ host, gatewayPort, uiPort, prometheus, versions }: Plan) {
  return [
    { what: 'Page', url: httpUrl(host, uiPort as number) },
    { what: 'Gateway', url: httpUrl(host, gatewayPort) },
    ...versions.map(({ version, port }) => ({ what: `Model ${version}`, url: httpUrl(host, port) })),
    ...(prometheus ? [{ what: 'Prometheus', url: httpUrl(host, prometheus.port) }] : []),
  ];
}

function notes({ prometheus, dataDir, spoilerPort, versions }: Plan): string[] {
  const sources = versions.flatMap(({ version, source }) => (source ? `${version}: ${source}` : []));
  return [
    ...(sources.length === 0 ? [] : [`${sources.join(', ')} (npm run registry)`]),
    ...(spoilerPort === undefined
      ? []
      : ['The spoiler stands before the models: npm run simulate -- --bad v2:errors=0.02 makes v2 bad for a while.']),
    ...(prometheus ? [] : ['No program "prometheus" on PATH: alerts are not evaluated.']),
    `Data and the admin token are in ${dataDir}.`,
  ];
}

function showLine(service: string, line: string): void {
  console.log(formatLogLine(service, line, { colour: process.stdout.isTTY === true }));
}

/** One that was ready is started again, as Docker Compose does; one that cannot start at all ends the start. */
function onEnded({ service, code, signal, againMs }: Ended): void {
  const how = `${service} exited (${signal ?? `status ${code}`})`;
  if (againMs === null) void finish(1, `${how}: stopping the rest`);
  else console.error(`${how}: starting it again in ${againMs / 1000} s`);
}

async function finish(status: number, message: string): Promise<void> {
  if (finishing) return;
  finishing = true;
  if (message) console.error(message);
  await supervisor.stop();
  process.exit(status);
}

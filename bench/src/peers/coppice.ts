import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findVersions, type TrainedVersion } from '@coppice/scripts/start/find-versions';
import { type Plan, planServices, type Service, urlName } from '@coppice/scripts/start/plan';
import { httpUrl } from '@coppice/serverkit';
import { freePort } from '@coppice/testkit/programs/free-port';
import type { Lab } from '../lab/lab.ts';
import { root } from '../lab/root.ts';
import { predictTarget, type Target } from '../load/target.ts';

const host = '127.0.0.1';
const partialGateway = fileURLToPath(new URL('./partial-gateway.ts', import.meta.url));

type Env = Record<string, string | undefined>;
/** A copy of the repository whose programs are run, and the Node that runs them. */
export type Checkout = { root: string; node: string };
export const thisCheckout: Checkout = { root, node: process.execPath };

export type RunningModel = { name: string; version: string; port: number; startMs: number };

/** The environment without settings of Coppice: they must not change what is measured. */
function cleanEnv(): Env {
  const ours = /^(MODEL_|DRIFT_|RECORD|UPSTREAM_|DATABASE_URL|API_KEYS|RATE_LIMIT|SHADOW_|LOG_LEVEL|NODE_OPTIONS)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

const nothing = { host, versions: [], gatewayPort: 0, uiPort: undefined, prometheus: undefined };

/** Starts a server per trained version, as `npm start` does. `group` sets their names apart from those of others. */
export async function startModels(
  lab: Lab,
  group = 'shared',
  versions: readonly TrainedVersion[] = findVersions(join(root, 'artifacts')),
  checkout = thisCheckout,
): Promise<RunningModel[]> {
  const running: RunningModel[] = [];
  for (const found of versions) {
    const port = await freePort();
    const plan = { ...nothing, env: cleanEnv(), dataDir: lab.folder, versions: [{ ...found, port }] };
    const service = plannedIn(checkout, plan, `model-${found.version}`);
    const name = `${group}-${service.name}`;
    running.push({ name, version: found.version, port, startMs: await lab.start({ ...service, name }) });
  }
  return running;
}

/** A service of a plan, run from a checkout by its own Node. */
function plannedIn({ root, node }: Checkout, plan: Omit<Plan, 'root'>, name: string): Service {
  const service = planServices({ ...plan, root }).find((planned) => planned.name === name) as Service;
  return { ...service, command: node };
}

export type Gateway = { target: Target; startMs: number; dataDir: string };
export type GatewayOptions = {
  name?: string;
  label?: string;
  model?: string;
  env?: Env;
  /** Node's options, before the program. */
  nodeOptions?: string[];
  dataDir?: string;
  checkout?: Checkout;
  /** A part that partial-gateway.ts leaves out. */
  without?: 'drift' | 'metrics';
};

/** Starts a gateway in front of model servers, with the same weight for each. */
export async function startGateway(
  lab: Lab,
  models: readonly RunningModel[],
  options: GatewayOptions = {},
): Promise<Gateway> {
  const { name = 'gateway', label = 'Coppice', model = 'iris', env = {}, nodeOptions = [] } = options;
  const { dataDir, checkout = thisCheckout, without } = options;
  const port = await freePort();
  const data = dataDir ?? lab.place(`data-${name}`);
  const urls: Env = {};
  for (const { version, port: modelPort } of models) {
    urls[urlName(version)] = httpUrl(host, modelPort);
    urls[`MODEL_${version.toUpperCase()}_WEIGHT`] = '50';
  }
  const plan = {
    ...nothing,
    env: { ...cleanEnv(), MODEL_NAME: model, ...urls, ...env },
    dataDir: data,
    gatewayPort: port,
  };
  const service = plannedIn(checkout, plan, 'gateway');
  // the program is the last argument
  const args = without ? [...service.args.slice(0, -1), partialGateway, '--without', without] : service.args;
  const startMs = await lab.start({ ...service, name, args: [...nodeOptions, ...args] });
  return { target: predictTarget({ name, label, url: httpUrl(host, port) }), startMs, dataDir: data };
}

/** Starts the server of the page in front of a gateway. Resolves to its address. */
export async function startPage(lab: Lab, gateway: Target): Promise<{ url: string; startMs: number }> {
  const port = await freePort();
  const plan = { ...nothing, env: cleanEnv(), dataDir: lab.folder, uiPort: port };
  const service = plannedIn(thisCheckout, plan, 'ui');
  const startMs = await lab.start({ ...service, env: { ...service.env, GATEWAY_URL: gateway.url } });
  return { url: httpUrl(host, port), startMs };
}

/** One model server's own `POST /predict`, with nothing before it. */
export function modelTarget({ name, port }: RunningModel): Target {
  return predictTarget({ name, label: 'one model server alone', url: httpUrl(host, port) });
}

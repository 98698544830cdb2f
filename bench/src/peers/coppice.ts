import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findVersions, type TrainedVersion } from '@coppice/scripts/start/find-versions';
import { planServices, type Service, urlName } from '@coppice/scripts/start/plan';
import { freePort } from '@coppice/testkit/programs/free-port';
import type { Lab } from '../lab.ts';
import { predictTarget, type Target } from '../target.ts';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
const host = '127.0.0.1';

type Env = Record<string, string | undefined>;
export type RunningModel = { name: string; version: string; port: number; startMs: number };

/** Settings of the user's shell must not change what is measured. */
function cleanEnv(): Env {
  const ours = /^(MODEL_|DRIFT_|RECORD|UPSTREAM_|DATABASE_URL|API_KEYS|RATE_LIMIT|SHADOW_|LOG_LEVEL|NODE_OPTIONS)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

const nothing = { root, host, versions: [], gatewayPort: 0, uiPort: undefined, prometheus: undefined };

/** Starts a server per trained version, as `npm start` does. `group` tells them from others that run meanwhile. */
export async function startModels(
  lab: Lab,
  group = 'shared',
  versions: readonly TrainedVersion[] = findVersions(join(root, 'artifacts')),
): Promise<RunningModel[]> {
  const running: RunningModel[] = [];
  for (const found of versions) {
    const port = await freePort();
    const plan = { ...nothing, env: cleanEnv(), dataDir: lab.folder, versions: [{ ...found, port }] };
    const [service] = planServices(plan) as [Service];
    const name = `${group}-${service.name}`;
    running.push({ name, version: found.version, port, startMs: await lab.start({ ...service, name }) });
  }
  return running;
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
};

/** Starts a gateway in front of model servers, with the same weight for each. */
export async function startGateway(
  lab: Lab,
  models: readonly RunningModel[],
  { name = 'gateway', label = 'Coppice', model = 'iris', env = {}, nodeOptions = [], dataDir }: GatewayOptions = {},
): Promise<Gateway> {
  const port = await freePort();
  const data = dataDir ?? lab.place(`data-${name}`);
  const urls: Env = {};
  for (const { version, port: modelPort } of models) {
    urls[urlName(version)] = `http://${host}:${modelPort}`;
    urls[`MODEL_${version.toUpperCase()}_WEIGHT`] = '50';
  }
  const plan = {
    ...nothing,
    env: { ...cleanEnv(), MODEL_NAME: model, ...urls, ...env },
    dataDir: data,
    gatewayPort: port,
  };
  const service = planServices(plan).find((planned) => planned.name === 'gateway') as Service;
  const startMs = await lab.start({ ...service, name, args: [...nodeOptions, ...service.args] });
  return { target: predictTarget({ name, label, url: `http://${host}:${port}` }), startMs, dataDir: data };
}

/** Starts the server of the page in front of a gateway. Resolves to its address. */
export async function startPage(lab: Lab, gateway: Target): Promise<{ url: string; startMs: number }> {
  const port = await freePort();
  const plan = { ...nothing, env: cleanEnv(), dataDir: lab.folder, uiPort: port };
  const service = planServices(plan).find(({ name }) => name === 'ui') as Service;
  const startMs = await lab.start({ ...service, env: { ...service.env, GATEWAY_URL: gateway.url } });
  return { url: `http://${host}:${port}`, startMs };
}

/** One model server's own `POST /predict`, with nothing before it. */
export function modelTarget({ name, port }: RunningModel): Target {
  return predictTarget({ name, label: 'one model server alone', url: `http://${host}:${port}` });
}

import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrainedVersion } from '@coppice/scripts/start/find-versions';
import type { Lab } from '../lab/lab.ts';
import { processorSeconds } from '../lab/processor-time.ts';
import type { Target } from '../load/target.ts';
import { type Checkout, startGateway, startModels, thisCheckout } from './coppice.ts';
import { startHaproxy, startNginx } from './proxies.ts';
import { recordedRows } from './recorded-rows.ts';

/** One side of a comparison: how to start everything it needs. */
export type Side = { name: string; label: string; start(): Promise<RunningSide> };

/** Seconds of processor time so far. */
export type Used = { front: number; models: number };

export type RunningSide = {
  target: Target;
  used(): Used;
  /** Waits until every row that it answered since its start is recorded, if it keeps a record. */
  settled(answered: number): Promise<void>;
  end(): Promise<void>;
};

type CoppiceSide = Partial<Side> & {
  checkout?: Checkout;
  /** Default: those of the repository. */
  versions?: readonly TrainedVersion[];
  env?: Record<string, string>;
};

/** A gateway with everything on and an empty record, before model servers of the same checkout. */
export function coppiceSide(
  lab: Lab,
  { name = 'coppice', label = 'Coppice', checkout = thisCheckout, versions, env = {} }: CoppiceSide = {},
): Side {
  const start = async () => {
    const models = await startModels(lab, name, versions, checkout);
    const { target, dataDir } = await startGateway(lab, models, { name, label, checkout, env });
    const services = models.map((model) => model.name);
    return {
      ...runningSide(lab, target, services),
      settled: (answered: number) => untilRecorded(label, dataDir, answered),
      end: async () => {
        await endAll(lab, [name, ...services]);
        rmSync(dataDir, { recursive: true });
      },
    };
  };
  return { name, label, start };
}

/** nginx and HAProxy, each before model servers of this checkout. */
export function proxySides(lab: Lab): Side[] {
  const proxies = [
    { name: 'nginx', label: 'nginx split_clients', startProxy: startNginx },
    { name: 'haproxy', label: 'HAProxy', startProxy: startHaproxy },
  ];
  return proxies.map(({ name, label, startProxy }) => {
    const start = async () => {
      const models = await startModels(lab, `behind-${name}`);
      const services = models.map((model) => model.name);
      return {
        ...runningSide(lab, await startProxy(lab, models), services),
        settled: async () => {},
        end: () => endAll(lab, [name, ...services]),
      };
    };
    return { name, label, start };
  });
}

function runningSide(lab: Lab, target: Target, models: readonly string[]): Pick<RunningSide, 'target' | 'used'> {
  const seconds = (service: string) => processorSeconds(lab.pid(service));
  const used = () => ({
    front: seconds(target.name),
    models: models.reduce((sum, service) => sum + seconds(service), 0),
  });
  return { target, used };
}

async function endAll(lab: Lab, services: readonly string[]): Promise<void> {
  await Promise.all(services.map((service) => lab.end(service)));
}

const WRITTEN_WITHIN_MS = 20_000;

async function untilRecorded(label: string, dataDir: string, answered: number): Promise<void> {
  const giveUp = Date.now() + WRITTEN_WITHIN_MS;
  for (;;) {
    const recorded = recordedRows(dataDir);
    if (recorded === answered) return;
    if (recorded > answered || Date.now() > giveUp)
      throw new Error(`${label} answered ${answered} rows and recorded ${recorded}`);
    await sleep(20);
  }
}

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { RetrainJob } from '@coppice/contract';
import { openRegistry } from '@coppice/registry/open-registry';
import type { Registry } from '@coppice/registry/registry';
import type { Logger } from 'pino';
import { findAdminToken } from './gateway/find-admin-token.ts';
import { GatewayClient } from './gateway/gateway-client.ts';
import { Retrainer } from './job/retrainer.ts';
import { runTrainer } from './job/run-trainer.ts';
import type { RetrainerConfig } from './retrainer-config.ts';

type Options = {
  env: Record<string, string | undefined>;
  /** Where relative folders of `env` start. */
  cwd: string;
  log: Pick<Logger, 'info' | 'warn'>;
  onLine?: (line: string) => void;
  onEnd?: (job: RetrainJob, seconds: number) => void;
};

/** Puts a retrainer together. Opening it reads nothing. */
export async function openRetrainer(
  config: RetrainerConfig,
  { env, cwd, ...others }: Options,
): Promise<{ retrainer: Retrainer; registry: Registry }> {
  const registry = await openRegistry(config.registry, config.model, env);
  const who = `${hostname()}:${process.pid}`;
  const retrainer = new Retrainer({
    ...others,
    ...{ registry, place: config.registry, who, run: runTrainer, now: Date.now },
    gateway: new GatewayClient(config.gateway, () => findAdminToken(env, cwd)),
    lease: registry.lease('retraining', `${who}:${randomUUID()}`),
    ...{ leaseMs: config.leaseMs, limits: config.limits, rules: config.rules, base: config.data },
    ...{ days: config.days, minRows: config.minRows, mostRows: config.mostRows, auto: config.auto },
  });
  return { retrainer, registry };
}

import type { RetrainJob } from '@coppice/contract';
import { RegistryConflictError } from '@coppice/registry/errors';
import type { Registry } from '@coppice/registry/registry';
import { type GatewayClient, GatewayError } from '../gateway/gateway-client.ts';

type Withdrawal = {
  registry: Registry;
  gateway: Pick<GatewayClient, 'config' | 'shadow'>;
  job: Pick<RetrainJob, 'id' | 'release' | 'before'>;
  log: (line: string) => void;
};

/**
 * Makes challenger and shadow what they were before a job's release, which is not proven and must not stay where a rollout finds
 * it. Others' changes since stay. A gateway that is away keeps its shadow, with a line; rejects while the registry is away.
 */
export async function withdraw({ registry, gateway, job, log }: Withdrawal): Promise<void> {
  const { id, release, before } = job;
  if (!before || release === null) return;
  const by = { who: 'retrainer', reason: `job ${id}` };
  try {
    await registry.setAlias('challenger', before.challenger, by, release);
  } catch (error) {
    if (error instanceof RegistryConflictError) return;
    throw error;
  }
  log(`challenger: ${release} → ${before.challenger ?? 'none'}`);
  try {
    const { shadow } = await gateway.config();
    if (shadow !== before.version || shadow === before.shadow) return;
    await gateway.shadow(before.shadow, `job ${id} of the retrainer: release ${release} is challenger no more`);
    log(`shadow: ${shadow} → ${before.shadow ?? 'none'}`);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    log(`${before.version} stays the shadow version: ${error.message}`);
  }
}

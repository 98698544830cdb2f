import type { GateLine, ReplayView, RetrainJob } from '@coppice/contract';
import { RegistryConflictError } from '@coppice/registry/errors';
import type { GateRule } from '@coppice/registry/gate/parse-gate';
import type { Registry } from '@coppice/registry/registry';
import { challengerSlot } from '../gateway/challenger-slot.ts';
import { type GatewayClient, GatewayError } from '../gateway/gateway-client.ts';
import { JobEnd } from './job-end.ts';
import { judgeRelease } from './judge-release.ts';
import { withdraw } from './withdraw.ts';

export type Introduction = {
  registry: Registry;
  gateway: Pick<GatewayClient, 'config' | 'releases' | 'rollout' | 'shadow' | 'startReplay' | 'replay'>;
  rules: readonly GateRule[];
  release: number;
  job: number;
  /** Resolves after so long; rejects when the job is stopped. */
  wait: (ms: number) => Promise<void>;
  /** Keeps what was there before, so that a retrainer which dies leaves nothing unproven behind. */
  keep: (known: Pick<RetrainJob, 'before'>) => Promise<void>;
  now: () => number;
  log: (line: string) => void;
};

const SERVES_WITHIN_MS = 120_000;
const REPLAY_WITHIN_MS = 3 * 3_600_000;
const REPLAY_SINCE = '7d';

export type Introduced = { version: string; replay: ReplayView; gate: GateLine[] };

/**
 * Makes a release the challenger, waits until its version serves it, turns shadow on, replays recorded rows and judges the gate with
 * that. Throws `JobEnd`: while the challenger may not be replaced nothing is changed, and after a release that fails challenger and
 * shadow are what they were.
 */
export async function introduce(parts: Introduction): Promise<Introduced> {
  const { registry, gateway, release, job, log } = parts;
  const [config, releases, rollout] = await Promise.all([gateway.config(), gateway.releases(), gateway.rollout()]);
  const { version, why } = challengerSlot({ config, releases, rollout });
  if (version === null || why !== null)
    throw new JobEnd('waits for traffic', `Release ${release} passes the gate and waits to become challenger: ${why}.`);
  const before = { challenger: releases.challenger, shadow: config.shadow, version };
  const by = { who: 'retrainer', reason: `job ${job}` };
  await parts.keep({ before });
  try {
    await registry.setAlias('challenger', release, by, before.challenger);
  } catch (error) {
    if (!(error instanceof RegistryConflictError)) throw error;
    throw new JobEnd(
      'waits for traffic',
      `Release ${release} passes the gate and waits to become challenger: ${error.message}.`,
    );
  }
  log(`challenger: ${before.challenger ?? 'none'} → ${release}`);
  try {
    return await prove({ ...parts, version });
  } catch (error) {
    await withdraw({ registry, gateway, job: { id: job, release, before }, log }).catch(() => {});
    throw error;
  }
}

async function prove({ version, ...parts }: Introduction & { version: string }): Promise<Introduced> {
  const { registry, gateway, rules, release, job, log } = parts;
  await serves(version, parts);
  log(`${version} serves release ${release}`);
  await gateway.shadow(version, `job ${job} of the retrainer: release ${release}`);
  log(`${version} is the shadow version`);
  const replay = await replayed(version, parts);
  log(`replay ${replay.id}: ${replay.rows} rows${replay.proof ? `; ${replay.proof.why}` : ''}`);
  const { champion } = (await registry.current()).state.aliases;
  const gate = await judgeRelease(registry, rules, { release, champion: champion ?? release, replay });
  const failed = gate.find(({ passed }) => !passed);
  if (failed) throw new JobEnd('refused by the gate', `Release ${release} fails “${failed.line}”: ${failed.found}.`);
  if (replay.comparisons.some(({ in_force, paired }) => in_force && paired.verdict === 'worse'))
    throw new JobEnd('refused by the gate', `The replay proves release ${release} worse on rows with feedback.`);
  return { version, replay, gate };
}

async function serves(version: string, { gateway, release, wait, now }: Introduction): Promise<void> {
  const end = now() + SERVES_WITHIN_MS;
  for (;;) {
    const [{ serving }, { versions }] = await Promise.all([gateway.releases(), gateway.config()]);
    const isServed = serving.some((one) => one.version === version && one.release === release);
    if (isServed && versions.some((one) => one.version === version && one.ready)) return;
    if (now() > end) {
      const reason = versions.find((one) => one.version === version)?.reason;
      throw new JobEnd(
        'failed',
        `${version} does not serve release ${release} within two minutes${reason ? `: ${reason}` : ''}.`,
      );
    }
    await wait(500);
  }
}

async function replayed(version: string, { gateway, release, job, wait, now, log }: Introduction): Promise<ReplayView> {
  const end = now() + REPLAY_WITHIN_MS;
  let view = await started();
  while (view.state === 'running') {
    if (now() > end) throw new JobEnd('failed', `The replay of release ${release} does not end within three hours.`);
    await wait(1000);
    view = await gateway.replay(view.id);
  }
  if (view.state !== 'done')
    throw new JobEnd(
      'failed',
      `The replay of release ${release} is ${view.state}: ${view.end_reason ?? 'no reason given'}.`,
    );
  return view;

  /** Another replay may run, which ends by itself. */
  async function started(): Promise<ReplayView> {
    for (let said = false; ; said = true) {
      try {
        return await gateway.startReplay(version, REPLAY_SINCE, `job ${job} of the retrainer`);
      } catch (error) {
        if (!(error instanceof GatewayError) || error.status !== 409 || now() > end) throw error;
        if (!said) log(`the replay waits: ${error.message}`);
        await wait(5000);
      }
    }
  }
}

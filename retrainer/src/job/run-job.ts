import type { RetrainJob } from '@coppice/contract';
import type { GateRule } from '@coppice/registry/gate/parse-gate';
import { ofModel } from '@coppice/registry/of-model';
import type { Registry } from '@coppice/registry/registry';
import { type GatewayClient, GatewayError } from '../gateway/gateway-client.ts';
import { introduce } from './introduce.ts';
import { JobEnd } from './job-end.ts';
import { judgeRelease } from './judge-release.ts';
import type { RunTrainer } from './run-trainer.ts';
import { trainRelease } from './train-release.ts';

export type JobParts = {
  registry: Registry;
  place: string;
  gateway: GatewayClient;
  rules: readonly GateRule[];
  base: string | undefined;
  days: number;
  minRows: number;
  mostRows: number;
  /** Starts the rollout without a person's approval. */
  auto: boolean;
  run: RunTrainer;
  now: () => number;
};

type Running = {
  signal: AbortSignal;
  wait: (ms: number) => Promise<void>;
  log: (line: string) => void;
  /** Keeps what is known of the job so far. */
  keep: (known: Partial<RetrainJob>) => Promise<void>;
};

const DAY_MS = 24 * 3_600_000;

/**
 * Runs a job from where it stands: trains and judges a release unless it has one, then makes that the challenger and starts or
 * awaits its rollout. Throws `JobEnd` for every end but those two.
 */
export async function runJob(job: RetrainJob, parts: JobParts, running: Running): Promise<Partial<RetrainJob>> {
  const { registry, rules, gateway } = parts;
  const { log, keep } = running;
  const release = job.release ?? (await trained(job, parts, running));
  const { version, replay, gate } = await introduce({
    ...{ registry, gateway, rules, release, job: job.id, now: parts.now, wait: running.wait, keep, log },
  });
  await keep({ gate, before: undefined });
  const proven = replay.proof === null || replay.proof.passes;
  const waits = `Release ${release} waits for a person's approval: npm run registry -- approve ${release}${ofModel(registry.model)}`;
  const doubt = proven ? '' : ` (the replay proves nothing: ${replay.proof?.why})`;
  if (!parts.auto || !proven) return { state: 'waits for approval', decision: `${waits}${doubt}` };
  await registry.judge(release, true, { who: 'retrainer', reason: `RETRAIN_ROLLOUT=auto, job ${job.id}` });
  try {
    return await startRollout({ ...job, release }, { gateway, version, who: 'RETRAIN_ROLLOUT=auto' });
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    // the next look tries again
    return { state: 'waits for approval', decision: cannotStart('RETRAIN_ROLLOUT=auto', release, error) };
  }
}

/** Why the rollout of an approved release does not start yet. */
export const cannotStart = (who: string, release: number | null, { message }: GatewayError) =>
  `${who} approved release ${release}; its rollout cannot start yet: ${message}`;

/** Starts the rollout of a job's release, which becomes champion at its end. Throws `GatewayError` when the gateway refuses. */
export async function startRollout(
  { id, release }: Pick<RetrainJob, 'id' | 'release'>,
  { gateway, version, who }: { gateway: Pick<GatewayClient, 'startRollout'>; version: string; who: string },
): Promise<Partial<RetrainJob>> {
  await gateway.startRollout({
    version,
    promote: true,
    reason: `job ${id} of the retrainer, approved by ${who}`.slice(0, 500),
  });
  return {
    state: 'rollout started',
    decision: `The rollout of release ${release} in ${version} started, approved by ${who}.`,
  };
}

async function trained(job: RetrainJob, parts: JobParts, { signal, log, keep }: Running): Promise<number> {
  const { registry, rules } = parts;
  const { champion } = (await registry.current()).state.aliases;
  if (champion === null) throw new JobEnd('failed', 'There is no champion to train again.');
  log(`training again what release ${champion}, the champion, is`);
  const recorded = await parts.gateway.feedback(new Date(parts.now() - parts.days * DAY_MS), parts.mostRows, signal);
  log(`${recorded.length} recorded rows with feedback in ${parts.days} days`);
  const others = (await registry.jobs(200)).filter(({ id }) => id !== job.id);
  const earlier = others.filter(({ release }) => release !== null);
  // the card of a champion that a job trained is of gathered rows, not of the base file
  const read = others.find(({ release, base }) => base && [release, base.champion].includes(champion))?.base?.read;
  const release = await trainRelease({
    ...{ registry, champion, recorded, signal, log, place: parts.place, base: parts.base, minRows: parts.minRows },
    known: new Map(earlier.flatMap(({ data, id }) => (data === null ? [] : [[data, id] as const]))),
    ...{ run: parts.run, read, reads: (args) => keep({ base: { champion, read: args } }) },
    gathered: (rows, data) => keep({ rows, data }),
  });
  const gate = await judgeRelease(registry, rules, { release, champion, replay: null });
  for (const { line, passed, found } of gate) log(`gate: ${passed ? 'pass' : 'FAIL'} ${line}: ${found}`);
  await keep({ release, gate });
  const failed = gate.find(({ passed }) => !passed);
  if (failed)
    throw new JobEnd(
      'refused by the gate',
      `Release ${release} fails “${failed.line}”: ${failed.found}. It keeps no alias.`,
    );
  return release;
}

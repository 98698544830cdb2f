import type { GateLine, GateVerdict, RolloutState } from '@coppice/contract';
import { type Promotion, whyNotPromotable } from '@coppice/registry/promotion';
import type { RegistryState } from '@coppice/registry/registry-state';
import type { Serving } from './serving.ts';

type Seen = Pick<Promotion, 'approval' | 'approve'> & {
  state: RegistryState;
  /** In version order. */
  serving: readonly Serving[];
  rollout: Pick<RolloutState, 'state' | 'version'> | null;
  /** Of the release; null where no gate is set. */
  gate: GateVerdict | null;
};

/** Why `release` cannot become champion now, in one sentence without a full stop, or null. */
export function whyNotPromoted(release: number, { state, serving, rollout, gate, ...approval }: Seen): string | null {
  const { champion, challenger } = state.aliases;
  if (champion === release && !state.pending) return `release ${release} is champion already`;
  if (!state.pending && challenger !== release)
    return `release ${release} is not the challenger: that is ${challenger === null ? 'none' : `release ${challenger}`}`;
  const why = whyNotPromotable(state, approval) ?? whyNotFollowing(serving[0], champion);
  if (why !== null) return why;
  if (rollout && (rollout.state === 'running' || rollout.state === 'paused'))
    return `a rollout of ${rollout.version} is ${rollout.state}: promote it to 100 % or abort it first`;
  // a missing approval is judged above, and this promotion may bring it; the champion of before passes whatever its lines
  const failed = !gate || gate.passed ? [] : gate.lines.filter(({ passed }) => !passed);
  return failed.length > 0 ? gateWords(release, failed) : null;
}

function whyNotFollowing(first: Serving | undefined, champion: number | null): string | null {
  if (champion === null) return 'there is no champion to take the place of: npm run registry -- alias champion NUMBER';
  if (!first || first.release === champion) return null;
  if (first.release === null)
    return `${first.version} serves no release: MODEL_SOURCE of its server must be registry:…@champion`;
  return `${first.version} serves release ${first.release}, not the champion, release ${champion}`;
}

const gateWords = (release: number, failed: readonly GateLine[]) =>
  `the gate refuses release ${release}: ${failed.map(({ line, found }) => `${line}: ${found}`).join('; ')}`;

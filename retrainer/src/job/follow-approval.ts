import type { RetrainJob } from '@coppice/contract';
import type { RegistryState } from '@coppice/registry/registry-state';

export type Followed =
  | { do: 'nothing' }
  | { do: 'start rollout'; who: string }
  | { do: 'end'; state: 'rejected' | 'replaced'; decision: string };

/** What becomes of a release that waits for approval, by what the registry says of it now. */
export function followApproval(
  { release, id }: Pick<RetrainJob, 'release' | 'id'>,
  { aliases, approvals }: Pick<RegistryState, 'aliases' | 'approvals'>,
): Followed {
  if (release === null) return { do: 'end', state: 'replaced', decision: `Job ${id} has no release.` };
  if (aliases.champion === release)
    return { do: 'end', state: 'replaced', decision: `Release ${release} is champion already.` };
  const verdict = approvals[release];
  if (verdict && !verdict.approved)
    return {
      do: 'end',
      state: 'rejected',
      decision: `${verdict.who} rejected release ${release}: ${verdict.reason || 'no reason given'}.`,
    };
  if (aliases.challenger !== release)
    return {
      do: 'end',
      state: 'replaced',
      decision: `Release ${release} is not the challenger any more: ${aliases.challenger === null ? 'there is none' : `release ${aliases.challenger} is`}.`,
    };
  return verdict ? { do: 'start rollout', who: verdict.who } : { do: 'nothing' };
}

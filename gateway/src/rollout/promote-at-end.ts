import type { RolloutState } from '@coppice/contract';
import { equalWeights } from '../control/last-intent.ts';

/** What a rollout uses of the releases. All reject while the registry is away. */
export type Promoter = {
  /** The release that `version` serves, if it may be promoted. Throws `ConflictError` with the reason otherwise. */
  promotable(version: string): Promise<number>;
  aliases(): Promise<{ champion: number | null; challenger: number | null }>;
  /** Makes a release champion. Throws `ConflictError` and others with the reason when it cannot be. */
  promote(release: number, reason: string): Promise<void>;
};

type Outcome = { state: 'waits' | 'promoted' | 'over'; reason: string };

/**
 * Promotes the candidate's release of a rollout that is done, and says what came of it. It is tried again while that
 * `waits`; `over`: a person decided otherwise meanwhile, by the weights or the challenger.
 */
export async function promoteAtEnd(
  { weights, reason, promote }: Pick<RolloutState, 'weights' | 'reason'> & Required<Pick<RolloutState, 'promote'>>,
  present: Readonly<Record<string, number>>,
  promoter: Pick<Promoter, 'aliases' | 'promote'>,
): Promise<Outcome> {
  const { release } = promote as NonNullable<typeof promote>;
  const done = { state: 'promoted', reason: `release ${release} is champion` } as const;
  try {
    const { champion, challenger } = await promoter.aliases();
    // by a gateway that ended before it could say so, or by a person
    if (champion === release) return done;
    const not = `release ${release} is not promoted`;
    if (challenger !== release)
      return {
        state: 'over',
        reason: `${not}: the challenger is ${challenger === null ? 'none' : `release ${challenger}`}`,
      };
    if (!equalWeights(weights, present))
      return { state: 'over', reason: `${not}: other weights are in force than the rollout set` };
    await promoter.promote(release, reason);
    return done;
  } catch (error) {
    return {
      state: 'waits',
      reason: `release ${release} is not promoted yet: ${withoutStop((error as Error).message)}`,
    };
  }
}

const withoutStop = (text: string) => text.replace(/\.$/, '').replace(/^Release \d+ is not promoted: /, '');

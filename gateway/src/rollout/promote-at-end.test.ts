import { describe, expect, it } from 'vitest';
import { ConflictError } from '../control/control-errors.ts';
import { promoteAtEnd } from './promote-at-end.ts';

const weights = { v1: 0, v2: 100 };
const rollout = { weights, reason: 'fresh data', promote: { release: 2, state: 'waits' as const } };

function promoter(aliases: { champion: number | null; challenger: number | null }, error?: Error) {
  const promoted: [number, string][] = [];
  return {
    promoted,
    aliases: async () => aliases,
    async promote(release: number, reason: string) {
      if (error) throw error;
      promoted.push([release, reason]);
    },
  };
}

describe('the end of a rollout that promotes', () => {
  it("promotes the candidate's release, for the reason of the rollout", async () => {
    const one = promoter({ champion: 1, challenger: 2 });
    expect(await promoteAtEnd(rollout, weights, one)).toEqual({ state: 'promoted', reason: 'release 2 is champion' });
    expect(one.promoted).toEqual([[2, 'fresh data']]);
  });

  it('is reached when the release is champion already, whatever the weights are', async () => {
    const one = promoter({ champion: 2, challenger: 2 });
    expect(await promoteAtEnd(rollout, { v1: 100, v2: 0 }, one)).toMatchObject({ state: 'promoted' });
    expect(one.promoted).toEqual([]);
  });

  it('waits with the reason while that cannot be', async () => {
    const why = 'Release 2 is not promoted: v1 serves release 7, not the champion, release 1.';
    const failing = promoter({ champion: 1, challenger: 2 }, new ConflictError(why));
    expect(await promoteAtEnd(rollout, weights, failing)).toEqual({
      state: 'waits',
      reason: 'release 2 is not promoted yet: v1 serves release 7, not the champion, release 1',
    });
    const away = { ...failing, aliases: () => Promise.reject(new Error('/registry does not answer')) };
    expect((await promoteAtEnd(rollout, weights, away)).reason).toBe(
      'release 2 is not promoted yet: /registry does not answer',
    );
  });

  it('is over when a person decided otherwise', async () => {
    expect(await promoteAtEnd(rollout, { v1: 100, v2: 0 }, promoter({ champion: 1, challenger: 2 }))).toEqual({
      state: 'over',
      reason: 'release 2 is not promoted: other weights are in force than the rollout set',
    });
    expect((await promoteAtEnd(rollout, weights, promoter({ champion: 1, challenger: 3 }))).reason).toBe(
      'release 2 is not promoted: the challenger is release 3',
    );
  });
});

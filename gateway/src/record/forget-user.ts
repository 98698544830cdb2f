import type { Storage } from '../storage/open-storage.ts';
import type { AuditedChange } from '../storage/port/control-store.ts';
import type { ForgetStep } from '../storage/port/record-store.ts';

/** Deletes a user's written rows, a few thousand looked at in each transaction, and audits how many. Returns the number. */
export async function forgetUser(
  writer: Storage['writer'],
  userHash: string,
  by: Pick<AuditedChange, 'who' | 'reason'>,
): Promise<number> {
  let deleted = 0;
  let after: string | null = null;
  do {
    const step: ForgetStep = await writer.call('record', 'forget', [userHash, after]);
    deleted += step.deleted;
    after = step.next;
  } while (after !== null);
  const action = `delete ${deleted} predictions of user ${userHash}`;
  await writer.call('control', 'note', [{ ...by, action, from: null, to: null }]);
  return deleted;
}

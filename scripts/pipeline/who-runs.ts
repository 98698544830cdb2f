import { userInfo } from 'node:os';

/** The user's name for the audit; a container's user may have none. */
export function whoRuns(): string {
  try {
    return userInfo().username;
  } catch {
    return 'pipeline';
  }
}

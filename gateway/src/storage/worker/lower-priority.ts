import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Of the scale from −20 to 19: a tenth of the weight of a thread with 0. */
const LOWER = 10;

/**
 * Lets the other threads go first while processors are short, for good. On Linux, where each thread has a priority; elsewhere it
 * would be that of the whole process, which stays what it is.
 */
export function lowerPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    // "<process>/task/<thread>" of the thread that reads it
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, LOWER);
  } catch {
    // a system that forbids it: slower answers while somebody exports
  }
}

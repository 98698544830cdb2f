import { chmodSync, closeSync, openSync } from 'node:fs';

/** Files and folders that this process and its children create from now on belong to their user alone. */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}

/**
 * Creates a file that only its owner can read, whatever the umask, or takes an existing file away from others. One that
 * cannot be created or belongs to another user is left to the program that opens it next.
 */
export function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  } catch {
    // the next open says what is wrong
  }
}

import { spawnSync } from 'node:child_process';
import { SetupError } from './setup-error.ts';

/** Runs a command in the foreground. Throws `SetupError` when it cannot be started or fails. */
export function runStep(what: string, command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
  if (error) throw new SetupError(`${what}: ${command} could not be started (${error.message})`, { cause: error });
  if (status !== 0) throw new SetupError(`${what} failed (status ${status ?? 'none'})`);
}

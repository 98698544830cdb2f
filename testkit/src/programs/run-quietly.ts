import { spawnSync } from 'node:child_process';

/** Tries a command for five minutes at most, without showing what it writes. Returns the first error that it names, or its last line. */
export function runQuietly(command: string, args: string[]): string {
  const { stderr, error } = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (error) return error.message;
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /\berror\b|^E:/i.test(line)) ?? lines.at(-1) ?? 'it said nothing').trim();
}

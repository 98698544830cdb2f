/** The command that runs npm from a program that npm started: the same npm, without a shell. */
export function npmCommand(
  args: string[],
  env: Record<string, string | undefined> = process.env,
): { command: string; args: string[] } {
  const npm = env.npm_execpath;
  if (npm?.endsWith('.js')) return { command: process.execPath, args: [npm, ...args] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', args };
}

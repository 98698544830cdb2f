import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

export type Env = Record<string, string | undefined>;

/** Runs a command to its end and gives what it wrote to both outputs. Throws with all of that unless its status is 0. */
export async function run(command: string, args: string[], env: Env = {}, cwd = root): Promise<string> {
  const { status, output } = await attempt(command, args, env, cwd);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${output}`);
  return output;
}

/** As `run`, but any status is an answer. */
export function attempt(
  command: string,
  args: string[],
  env: Env = {},
  cwd = root,
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
  });
}

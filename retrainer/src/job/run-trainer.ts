import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** A program, not a library: it takes the machine's memory and gives it back. */
const main = join(root, 'trainer/src/main.ts');
const endWithStdin = fileURLToPath(new URL('./end-with-stdin.ts', import.meta.url));

/** A training did not succeed; the message is its last line. */
export class TrainingError extends Error {}

export type RunTrainer = (
  args: readonly string[],
  options: { signal: AbortSignal; onLine: (line: string) => void },
) => Promise<void>;

/** Runs the trainer in a process of its own. Throws `TrainingError` with its last line when it fails. */
export const runTrainer: RunTrainer = async (args, { signal, onLine }) => {
  const child = spawn(process.execPath, ['--import', endWithStdin, main, ...args], {
    stdio: ['pipe', 'ignore', 'pipe'],
    signal,
    killSignal: 'SIGTERM',
  });
  let last = '';
  const lines = createInterface({ input: child.stderr });
  lines.on('line', (line) => {
    last = line;
    onLine(line);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new TrainingError(last || `the trainer ended with status ${code}`);
};

import { printable } from '@coppice/serverkit';
import { readOptions, UsageError, usage } from './simulate/options.ts';
import { run } from './simulate/run.ts';
import { summarize } from './simulate/summary.ts';

/** One Ctrl-C can arrive twice: from the terminal and from the npm script around this. */
const SAME_KEY_MS = 1000;

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === null) process.stdout.write(usage);
  else process.stdout.write(`\n${summarize(await run(options, { signal: stopSignal(), out: process.stderr }))}`);
} catch (error) {
  process.stderr.write(`simulate: ${printable((error as Error).message)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

/** Aborts at the first Ctrl-C or SIGTERM; a second one ends the program at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let stoppedAt = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!controller.signal.aborted) stoppedAt = performance.now();
      else if (performance.now() - stoppedAt > SAME_KEY_MS) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

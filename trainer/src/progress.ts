import cliProgress from 'cli-progress';

type Out = Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean };
export type Progress = { update(done: number): void; stop(): void };

const quietMs = 5000;

/** A progress bar of trees on a terminal; elsewhere a line at most every 5 seconds, so that a log stays short. */
export function treeProgress(total: number, stream: Out, now: () => number = Date.now): Progress {
  if (stream.isTTY) {
    const bar = new cliProgress.SingleBar(
      { format: '{bar} {value} of {total} trees, {eta_formatted} to go', stream: stream as NodeJS.WriteStream },
      cliProgress.Presets.shades_classic,
    );
    bar.start(total, 0);
    return { update: (done) => bar.update(done), stop: () => bar.stop() };
  }
  let last = now();
  return {
    update(done) {
      if (now() - last < quietMs || done === total) return;
      last = now();
      stream.write(`${done} of ${total} trees trained\n`);
    },
    stop() {},
  };
}

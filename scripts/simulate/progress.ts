import cliProgress from 'cli-progress';

type Out = Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean };
type State = { sent: number; answered: number; failed: number; split: string };

const QUIET_MS = 5000;

/** A progress bar on a terminal; elsewhere a line every 5 seconds. Calls `state` for each update. */
export function showProgress(total: number, stream: Out, state: () => State): { stop(): void } {
  if (!stream.isTTY) {
    const timer = setInterval(() => {
      const { sent, answered, failed, split } = state();
      stream.write(`${sent} of ${total} sent, ${answered} answered, ${failed} failed; ${split}\n`);
    }, QUIET_MS);
    return { stop: () => clearInterval(timer) };
  }
  const bar = new cliProgress.SingleBar(
    {
      format: '{bar} {value} of {total} sent, {failed} failed; {split}',
      stream: stream as NodeJS.WriteStream,
      // leaves the terminal alone when the program dies
      hideCursor: null,
    },
    cliProgress.Presets.shades_classic,
  );
  const { sent, ...rest } = state();
  bar.start(total, sent, rest);
  const timer = setInterval(() => {
    const { sent, ...rest } = state();
    bar.update(sent, rest);
  }, 100);
  return {
    stop() {
      clearInterval(timer);
      const { sent, ...rest } = state();
      bar.update(sent, rest);
      bar.stop();
    },
  };
}

import cliProgress from 'cli-progress';

type Out = Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean };
type State = { bytes: number; rows: number; matched: number; unmatched: number };

const QUIET_MS = 5000;

/** How far a file of `size` bytes is: a bar on a terminal, elsewhere a line every 5 seconds. */
export function showProgress(size: number, stream: Out, state: () => State): { stop(): void } {
  if (!stream.isTTY) {
    const timer = setInterval(() => {
      const { bytes, rows, matched, unmatched } = state();
      const percent = Math.floor((100 * bytes) / Math.max(size, 1));
      stream.write(`${percent} %: ${rows} rows, ${matched} matched, ${unmatched} unmatched\n`);
    }, QUIET_MS);
    return { stop: () => clearInterval(timer) };
  }
  const bar = new cliProgress.SingleBar(
    {
      format: '{bar} {percentage} %: {rows} rows, {matched} matched, {unmatched} unmatched',
      stream: stream as NodeJS.WriteStream,
      // leaves the terminal alone when the program dies
      hideCursor: null,
    },
    cliProgress.Presets.shades_classic,
  );
  const { bytes: _, ...first } = state();
  bar.start(Math.max(size, 1), 0, first);
  const show = () => {
    const { bytes, ...rest } = state();
    bar.update(bytes, rest);
  };
  const timer = setInterval(show, 100);
  return {
    stop() {
      clearInterval(timer);
      show();
      bar.stop();
    },
  };
}

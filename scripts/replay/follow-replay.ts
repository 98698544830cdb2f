import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplayView } from '@coppice/contract';
import cliProgress from 'cli-progress';
import { RefusedError, type ReplayClient } from './replay-client.ts';

type Out = Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean };
type Deps = { signal: AbortSignal; out: Out; pollMs?: number; quietMs?: number };

/** How long a gateway may be away while its replay is followed. */
const PATIENCE_MS = 60_000;

/**
 * Shows the progress of a replay until it ends, and returns it then. `signal` cancels it. Throws `RefusedError` when the
 * gateway is away for a minute.
 */
export async function followReplay(
  client: Pick<ReplayClient, 'find' | 'cancel'>,
  started: ReplayView,
  { signal, out, pollMs = 1000, quietMs = 5000 }: Deps,
): Promise<ReplayView> {
  const show = progress(out, quietMs);
  let view = started;
  let seen = performance.now();
  try {
    while (view.state === 'running') {
      show(view);
      await sleep(pollMs, undefined, { signal }).catch(() => {});
      try {
        view = signal.aborted ? await cancelled(client, view.id) : await client.find(view.id);
        if (signal.aborted) return view.state === 'running' ? { ...view, state: 'cancelled' } : view;
        seen = performance.now();
      } catch (error) {
        if (!(error instanceof RefusedError) || signal.aborted || performance.now() - seen > PATIENCE_MS) throw error;
      }
    }
    return view;
  } finally {
    show(null);
  }
}

/** A bar on a terminal; elsewhere a line now and then. */
function progress(stream: Out, quietMs: number): (view: ReplayView | null) => void {
  const text = ({ rows, failed, held }: ReplayView) =>
    `${rows} rows${failed > 0 ? `, ${failed} failed` : ''}${held ? `; waits: ${held}` : ''}`;
  if (!stream.isTTY) {
    let last = Number.NEGATIVE_INFINITY;
    return (view) => {
      if (!view || performance.now() - last < quietMs) return;
      last = performance.now();
      stream.write(`${view.percent.toFixed(1)} %, ${text(view)}\n`);
    };
  }
  const bar = new cliProgress.SingleBar(
    { format: '{bar} {percentage} %, {text}', stream: stream as NodeJS.WriteStream, hideCursor: null },
    cliProgress.Presets.shades_classic,
  );
  bar.start(100, 0, { text: '' });
  return (view) => (view ? bar.update(view.percent, { text: text(view) }) : bar.stop());
}

/** It may have ended just before. */
async function cancelled(client: Pick<ReplayClient, 'find' | 'cancel'>, id: string): Promise<ReplayView> {
  return client.cancel(id).catch(() => client.find(id));
}

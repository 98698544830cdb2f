import { REPLAY_RATE } from '@coppice/contract';
import { ConfigError, printable } from '@coppice/serverkit';
import { followReplay } from './replay/follow-replay.ts';
import { parseReplayArguments, UsageError } from './replay/replay-arguments.ts';
import { RefusedError, ReplayClient } from './replay/replay-client.ts';
import { replayTable } from './replay/replay-table.ts';
import { findAdminToken } from './weights/find-admin-token.ts';

const HELP = `Runs recorded rows through a version that needs no traffic, and compares its answers with the live ones.

  npm run replay -- --version v3 --since 7d
  npm run replay -- --version v3 --since 2026-01-01 --until 2026-02-01 --limit 10000 --json

  --version VERSION   the version that answers the rows; it must be ready and needs no weight
  --since TIME        rows from then on: ISO 8601, or how long ago (90s, 15m, 24h, 7d)
  --until TIME        rows before then; default: now
  --limit N           the newest N rows of the period; default: all
  --rate R            rows a second at most; default: ${REPLAY_RATE}
  -r, --reason TEXT   why, for those who read the result
  --json              the result as JSON on standard output; progress stays on standard error
  --gateway URL       default: GATEWAY_URL, else BIND_ADDRESS (127.0.0.1) and GATEWAY_PORT (5000)
  -h, --help          this text

Ctrl-C cancels the replay; what it has so far is shown and kept. The admin token is found as by npm run weights.
Exit status: 0 done, 1 refused, failed or cancelled, 2 invalid arguments.`;

try {
  await run();
} catch (error) {
  const usage = error instanceof UsageError;
  if (!usage && !(error instanceof RefusedError || error instanceof ConfigError)) throw error;
  console.error(`replay: ${printable(error.message)}${usage ? ' (npm run replay -- --help)' : ''}`);
  process.exitCode = usage ? 2 : 1;
}

async function run(): Promise<void> {
  const command = parseReplayArguments(process.argv.slice(2), process.env);
  if (command.do === 'help') return console.log(HELP);
  const client = new ReplayClient(command.gateway, findAdminToken(process.env));
  const started = await client.start(command.body);
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
  const view = await followReplay(client, started, { signal: controller.signal, out: process.stderr });
  console.log(command.json ? JSON.stringify(view, null, 2) : replayTable(view));
  if (view.state !== 'done') process.exitCode = 1;
}

import { ConfigError, printable } from '@coppice/serverkit';
import { askRollout, RefusedError, UnreachableError } from './rollout/ask-rollout.ts';
import { followRollout } from './rollout/follow-rollout.ts';
import { parseRolloutArguments, UsageError } from './rollout/rollout-arguments.ts';
import { rolloutText } from './rollout/rollout-text.ts';
import { findAdminToken } from './weights/find-admin-token.ts';

const HELP = `Raises the traffic of a version step by step, and takes it back when it does harm.

  npm run rollout -- start v2 --reason "fresh data"   start: 1, 5, 10, 25, 50, 100 % of what v2 and its baseline share
  npm run rollout -- status                           where it stands, what the guardrails see, its history
  npm run rollout -- pause|resume --reason "…"        keep the present step; go on, with the step's clock afresh
  npm run rollout -- promote --reason "…"             go to the next step now; to 100 % with --version v2
  npm run rollout -- abort --reason "…"               give all traffic back to the baseline

  -r, --reason TEXT      why, for the audit
  --wait                 follow it to its end, and print its changes
  --baseline VERSION     what v2 is compared with; default: the other version with the most weight
  --steps 1,5,25         percentages, rising; 100 follows
  --step-minutes N       a step lasts at least so long;  --step-requests N  and gets so many requests
  --max-step-hours N     a step that lasts longer pauses
  --guardrails a,b       some of errors, slow, accuracy, outcome; default: all but outcome
  --require KIND         replay or paired: proof that v2 does no harm before its first step
  --promote              once it is done, make the release of v2 champion; it must be the challenger, and approved
  --step PERCENT         of resume and promote: the step to go on with
  --version VERSION      of promote to 100 %: the name of the version, once more
  --revision N           refuse the change if another one came since revision N
  --gateway URL          default: GATEWAY_URL, else BIND_ADDRESS (127.0.0.1) and GATEWAY_PORT (5000)
  -h, --help             this text

It reads the admin token from ADMIN_TOKEN, from the file that ADMIN_TOKEN_FILE names, or from DATA_DIR/admin-token.
Exit status: 0 success, with --wait done; with --wait 1 rolled back, 2 paused or not promoted; 3 the gateway refused or cannot be
reached; 4 invalid arguments.`;

const statusOf = { done: 0, rolled_back: 1, paused: 2 } as const;

try {
  process.exitCode = await run();
} catch (error) {
  const usage = error instanceof UsageError;
  const expected = usage || [RefusedError, UnreachableError, ConfigError].some((kind) => error instanceof kind);
  if (!expected) throw error;
  console.error(`rollout: ${printable((error as Error).message)}${usage ? ' (npm run rollout -- --help)' : ''}`);
  process.exitCode = usage ? 4 : 3;
}

async function run(): Promise<number> {
  const args = parseRolloutArguments(process.argv.slice(2), process.env);
  if (args.do === 'help') {
    console.log(HELP);
    return 0;
  }
  const { gateway, wait } = args;
  const token = findAdminToken(process.env);
  const path = args.do === 'status' || args.do === 'start' ? '' : `/${args.do}`;
  const report = await askRollout(gateway, path, { token, ...('body' in args ? { body: args.body } : {}) });
  if (!wait || !report.rollout) {
    console.log(rolloutText(report));
    return 0;
  }
  const end = await followRollout(report, {
    ask: () => askRollout(gateway, '', { token }),
    print: (line) => console.log(line),
  });
  console.log(rolloutText(end));
  const { state, promote } = end.rollout;
  return state === 'done' && promote && promote.state !== 'promoted' ? 2 : statusOf[state];
}

import { type ConfigView, configView, type Problem, presetNames } from '@coppice/contract';
import { ConfigError, printable, withoutPassword } from '@coppice/serverkit';
import { findAdminToken } from './weights/find-admin-token.ts';
import { changeRoute } from './weights/route/change-route.ts';
import { findRoute } from './weights/route/find-route.ts';
import { kubectl } from './weights/route/kubectl.ts';
import { readyPods } from './weights/route/ready-pods.ts';
import { RouteError } from './weights/route/route-error.ts';
import { routeTable } from './weights/route-table.ts';
import { splitTable } from './weights/split-table.ts';
import { parseWeightsArguments, UsageError, type WeightsCommand } from './weights/weights-arguments.ts';

const HELP = `Shows or changes the split of traffic between the versions.

  npm run weights                                         show the split in force
  npm run weights -- v1=90 v2=10 --reason "canary of v2"  change weights: whole numbers, for every version
  npm run weights -- rollback                             apply a preset: ${presetNames.join(', ')}
  npm run weights -- --shadow v2 --reason "compare"       copy traffic to v2 (none: stop copying)

  -r, --reason TEXT   why, for the audit; optional with a preset
  --revision N        refuse the change if another one came since revision N
  --shadow VERSION    the version that gets a copy of the traffic, or none
  --gateway URL       default: GATEWAY_URL, else BIND_ADDRESS (127.0.0.1) and GATEWAY_PORT (5000)
  --kubernetes NAMESPACE/NAME
                      the HTTPRoute or VirtualService that holds the weights instead of a gateway, by kubectl;
                      default: KUBERNETES_ROUTE. Its audit is its annotation coppice.io/weights-audit
  --kind KIND         httproute or virtualservice, when both have that name
  -h, --help          this text

It reads the admin token from ADMIN_TOKEN, from the file that ADMIN_TOKEN_FILE names, or from DATA_DIR/admin-token
(DATA_DIR is ./data by default, as with npm start).
Exit status: 0 success, 1 the gateway or cluster refused or cannot be reached, 2 invalid arguments.`;

/** The gateway refused or did not answer: one line, and exit status 1. */
class RefusedError extends Error {}

const EXPECTED = [UsageError, RefusedError, RouteError, ConfigError];

try {
  await run();
} catch (error) {
  if (!(error instanceof Error && EXPECTED.some((kind) => error instanceof kind))) throw error;
  const usage = error instanceof UsageError;
  console.error(`weights: ${printable(error.message)}${usage ? ' (npm run weights -- --help)' : ''}`);
  process.exitCode = usage ? 2 : 1;
}

async function run(): Promise<void> {
  const command = parseWeightsArguments(process.argv.slice(2), process.env);
  if (command.do === 'help') return console.log(HELP);
  if (command.do === 'show route' || command.do === 'change route') return runOnRoute(command);
  const { gateway } = command;
  if (command.do === 'show') return console.log(splitTable(await ask(gateway, {})));
  const token = findAdminToken(process.env);
  const view = await ask(gateway, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(command.patch),
  });
  console.log(splitTable(view));
}

async function runOnRoute(command: Extract<WeightsCommand, { route: unknown }>): Promise<void> {
  const { route, warning } =
    command.do === 'change route'
      ? await changeRoute(command.route, command.patch, { kubectl, now: () => new Date() })
      : { route: await findRoute(command.route, kubectl), warning: null };
  console.log(routeTable(route, await readyPods(route, kubectl)));
  if (warning) console.error(`weights: ${printable(warning)}`);
}

async function ask(gateway: string, request: RequestInit): Promise<ConfigView> {
  const answer = await fetch(`${gateway}/config`, { ...request, signal: AbortSignal.timeout(10_000) }).catch(
    (cause) => {
      throw new RefusedError(
        `the gateway at ${withoutPassword(gateway)} cannot be reached: ${withoutPassword(reasonOf(cause))}`,
        { cause },
      );
    },
  );
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.status === 401) throw new RefusedError(withoutToken(body));
  if (!answer.ok)
    throw new RefusedError((body as Problem | undefined)?.detail ?? `the gateway answered ${answer.status}`);
  const view = configView.safeParse(body);
  if (!view.success) throw new RefusedError(`the server at ${withoutPassword(gateway)} is not a Coppice gateway`);
  return view.data;
}

function withoutToken(body: unknown): string {
  const detail = (body as Problem | undefined)?.detail ?? 'the admin token is missing.';
  const compose = 'ADMIN_TOKEN=$(docker compose exec -T gateway cat /data/admin-token) npm run weights -- …';
  return `${detail} Under Docker Compose: ${compose}`;
}

function reasonOf(error: Error & { cause?: { code?: string; message?: string } }): string {
  return error.cause?.code ?? error.cause?.message ?? error.message;
}

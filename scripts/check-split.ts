import { parseArgs } from 'node:util';
import { configView, type ModelCard, modelCard, type Prediction, type Problem, prediction } from '@coppice/contract';
import { printable, withoutPassword } from '@coppice/serverkit';
import type { z } from 'zod';
import { judgeSplit, percent } from './check-split/judge-split.ts';
import { gatewayAddress } from './gateway/gateway-address.ts';

const HELP = `Predicts at a gateway and checks the split against the weights.

  node scripts/check-split.ts [--gateway URL] [--requests N]

  --gateway URL   default: GATEWAY_URL, else BIND_ADDRESS (127.0.0.1) and GATEWAY_PORT (5000)
  --requests N    200 to 100000, default 1000
  -h, --help      this text

Each version answers one request that is pinned to it, then N requests are split by the weights. They are sent as the page's, so
that they count for no comparison and no drift. API_KEY, or the first of API_KEYS, is sent if there is one.
A right split is found wrong at most once in a million runs. With 1,000 requests at 50:50, a share that is 10 points off is found
in 9 of 10 runs, 13 points in 999 of 1,000.
Exit status: 0 every request is answered and the split is right, 1 it is not, 2 invalid arguments.`;

const AT_ONCE = 8;

/** What a check found, in one line. */
class FoundError extends Error {}

process.exitCode = await run();

async function run(): Promise<number> {
  let gateway: string;
  let requests: number;
  try {
    const { values } = parseArgs({
      options: {
        gateway: { type: 'string' },
        requests: { type: 'string', default: '1000' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(HELP);
      return 0;
    }
    gateway = (values.gateway ?? gatewayAddress(process.env)).replace(/\/+$/, '');
    requests = Number(values.requests);
    if (!/^\d+$/.test(values.requests) || requests < 200 || requests > 100_000)
      throw new Error(`--requests ${values.requests}: it takes a whole number from 200 to 100000`);
  } catch (error) {
    console.error(
      `check-split: ${printable((error as Error).message.split('\n')[0] ?? '')} (--help lists the options)`,
    );
    return 2;
  }
  try {
    await check(gateway, requests);
    return 0;
  } catch (error) {
    if (!(error instanceof FoundError)) throw error;
    console.error(`check-split: ${printable(error.message)}`);
    return 1;
  }
}

async function check(gateway: string, requests: number): Promise<void> {
  const before = await ask(`${gateway}/config`, configView);
  // whom the gate keeps out, or who has no weight, need not be there
  const live = before.versions.filter(({ share }) => share > 0);
  for (const { version } of live) await askPinned(gateway, version);
  const counts = await split(gateway, requests);
  const after = await ask(`${gateway}/config`, configView);
  if (after.revision !== before.revision) throw new FoundError('the weights changed during the check: run it again');
  const shares = before.versions.map(({ version, weight, share }) => ({
    ...{ version, weight: share > 0 ? weight : 0, answered: counts.get(version) ?? 0 },
  }));
  const wrong = judgeSplit(shares);
  if (wrong.length > 0) throw new FoundError(wrong.join('; '));
  const answered = shares.map(({ version, answered }) => `${version} ${percent(answered / requests)} %`);
  console.log(`${requests} requests answered, none failed; split as the weights: ${answered.join(', ')}`);
}

/** A request that only this version may answer. */
async function askPinned(gateway: string, version: string): Promise<void> {
  try {
    const card = await ask(`${gateway}/model-info?version=${version}`, modelCard);
    const answer = await predict(gateway, rowsOf(card)[0] as object, { 'x-model-version': version });
    if (answer.model_version !== version)
      throw new FoundError(`${answer.model_version} answered a request that is pinned to it`);
    console.log(`${version} answers: ${printable(answer.class)}`);
  } catch (error) {
    if (!(error instanceof FoundError)) throw error;
    throw new FoundError(`${version} has weight and does not answer: ${error.message}`, { cause: error });
  }
}

/** How many of the requests each version answered. */
async function split(gateway: string, requests: number): Promise<Map<string, number>> {
  const rows = rowsOf(await ask(`${gateway}/model-info`, modelCard));
  const counts = new Map<string, number>();
  let sent = 0;
  const client = async () => {
    while (sent < requests) {
      const { model_version, route } = await predict(gateway, rows[sent++ % rows.length] as object);
      if (route === 'failover') throw new FoundError(`a version failed: ${model_version} answered in its place`);
      counts.set(model_version, (counts.get(model_version) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return counts;
}

/** Training rows by name, without what is missing. */
function rowsOf({ features, rows }: ModelCard): object[] {
  return rows.map(({ features: values }) =>
    Object.fromEntries(features.flatMap(({ name }, i) => ((values[i] ?? null) === null ? [] : [[name, values[i]]]))),
  );
}

function predict(gateway: string, features: object, headers: Record<string, string> = {}): Promise<Prediction> {
  return ask(`${gateway}/predict`, prediction, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-source': 'page', ...headers },
    body: JSON.stringify({ features }),
  });
}

/** An answer of a known shape. Throws `FoundError`. A 429 is asked again after the time that it names. */
async function ask<S extends z.ZodType>(url: string, schema: S, init: RequestInit = {}): Promise<z.output<S>> {
  const key = process.env.API_KEY?.trim() || process.env.API_KEYS?.split(/[,\n]/)[0]?.trim();
  const headers = { ...(init.headers as Record<string, string>), ...(key ? { 'x-api-key': key } : {}) };
  const shown = withoutPassword(url);
  const answer = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(10_000) }).catch(
    (cause: Error & { cause?: { code?: string } }) => {
      throw new FoundError(`${shown} cannot be reached: ${cause.cause?.code ?? cause.name}`, { cause });
    },
  );
  const got: unknown = await answer.json().catch(() => undefined);
  if (answer.status === 429) {
    await new Promise((resolve) =>
      setTimeout(resolve, 1000 * Math.min(60, Number(answer.headers.get('retry-after')) || 1)),
    );
    return ask(url, schema, init);
  }
  if (!answer.ok) throw new FoundError((got as Problem | undefined)?.detail ?? `${shown} answered ${answer.status}`);
  const read = schema.safeParse(got);
  if (!read.success) throw new FoundError(`${shown} is not a Coppice gateway of this release`);
  return read.data;
}

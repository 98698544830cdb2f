import { parseArgs } from 'node:util';
import { type ConfigPatch, presetNames } from '@coppice/contract';
import { withoutPassword } from '@coppice/serverkit';
import { gatewayAddress } from '../gateway/gateway-address.ts';
import type { RouteChange } from './route/change-route.ts';
import { type RouteAddress, routeKinds } from './route/find-route.ts';

/** Characters of a reason, as in `PATCH /config`. */
const MOST_REASON = 500;

/** An error in the command line, in one line. */
export class UsageError extends Error {}

export type WeightsCommand =
  | { do: 'help' }
  | { do: 'show'; gateway: string }
  | { do: 'change'; gateway: string; patch: ConfigPatch }
  | { do: 'show route'; route: RouteAddress }
  | { do: 'change route'; route: RouteAddress; patch: RouteChange };

/** Reads the arguments of `npm run weights`. Throws `UsageError`. */
export function parseWeightsArguments(
  args: readonly string[],
  env: Record<string, string | undefined>,
): WeightsCommand {
  const { values, positionals } = parse(args);
  if (values.help) return { do: 'help' };
  const route = readRoute(values, env);
  const gateway = route ? '' : readGateway(values.gateway ?? gatewayAddress(env));
  const { shadow, ...split } = { ...readSplit(positionals), ...readShadow(values.shadow) };
  if (route && shadow !== undefined)
    throw new UsageError('--shadow needs the gateway, which compares what it copies: a route does not');
  const change = shadow === undefined ? split : { ...split, shadow };
  if (Object.keys(change).length === 0) {
    if (values.reason !== undefined || values.revision !== undefined)
      throw new UsageError(
        `--reason and --revision belong to a change: give weights (v1=90 v2=10)${route ? ' or a preset' : ', a preset or --shadow'}`,
      );
    return route ? { do: 'show route', route } : { do: 'show', gateway };
  }
  const reason = values.reason?.trim() || ('preset' in change ? `preset ${change.preset}, from a terminal` : '');
  if (!reason) throw new UsageError('a reason is required: --reason "canary of v2"');
  const patch = { ...change, reason, ...readRevision(values.revision) };
  if (!route) return { do: 'change', gateway, patch };
  if (reason.length > MOST_REASON)
    throw new UsageError(`--reason is too long: must be at most ${MOST_REASON} characters`);
  return { do: 'change route', route, patch };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        reason: { type: 'string', short: 'r' },
        revision: { type: 'string' },
        shadow: { type: 'string' },
        gateway: { type: 'string' },
        kubernetes: { type: 'string' },
        kind: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new UsageError((cause as Error).message.split('. ')[0], { cause });
  }
}

function readSplit(words: readonly string[]): Pick<ConfigPatch, 'weights' | 'preset'> {
  const [first] = words;
  if (first === undefined) return {};
  const preset = presetNames.find((name) => name === first);
  if (preset && words.length === 1) return { preset };
  if (!first.includes('='))
    throw new UsageError(
      `${words.join(' ')} is not allowed: must be a preset (${presetNames.join(', ')}) or weights (v1=90 v2=10)`,
    );
  const weights: Record<string, number> = {};
  for (const word of words) {
    const [, version, weight] = /^([^=]+)=(\d{1,9})$/.exec(word) ?? [];
    if (version === undefined)
      throw new UsageError(`${word} is not allowed: must be version=weight, with a whole number as weight`);
    if (Object.hasOwn(weights, version)) throw new UsageError(`${word} is not allowed: ${version} is given twice`);
    weights[version] = Number(weight);
  }
  return { weights };
}

function readShadow(shadow: string | undefined): Pick<ConfigPatch, 'shadow'> {
  if (shadow === undefined) return {};
  if (shadow === '') throw new UsageError('--shadow must be a version, or none');
  return { shadow: shadow === 'none' ? null : shadow };
}

function readRevision(revision: string | undefined): Pick<ConfigPatch, 'revision'> {
  if (revision === undefined) return {};
  if (!/^\d{1,15}$/.test(revision))
    throw new UsageError(`--revision ${revision} is not allowed: must be a whole number`);
  return { revision: Number(revision) };
}

/** The route that the options name, or else the environment, unless `--gateway` is given. */
function readRoute(
  options: { gateway?: string | undefined; kubernetes?: string | undefined; kind?: string | undefined },
  env: Record<string, string | undefined>,
): RouteAddress | undefined {
  const { gateway, kubernetes } = options;
  if (gateway !== undefined && kubernetes !== undefined)
    throw new UsageError('--gateway and --kubernetes are two places: give one of them');
  const fromEnv = gateway === undefined ? env.KUBERNETES_ROUTE?.trim() : undefined;
  const text = kubernetes ?? fromEnv;
  const kind = routeKinds.find((one) => one === options.kind);
  if (options.kind !== undefined && !kind)
    throw new UsageError(`--kind ${options.kind} is not allowed: must be ${routeKinds.join(' or ')}`);
  if (!text && kubernetes === undefined) {
    if (kind) throw new UsageError('--kind belongs to --kubernetes');
    return undefined;
  }
  const [, namespace, name] = /^([a-z0-9][a-z0-9-]{0,62})\/([a-z0-9][a-z0-9.-]{0,252})$/.exec(text ?? '') ?? [];
  if (namespace === undefined || name === undefined) {
    const where = kubernetes === undefined ? 'KUBERNETES_ROUTE=' : '--kubernetes ';
    throw new UsageError(`${where}${text} is not allowed: must be NAMESPACE/NAME, such as coppice/coppice-models`);
  }
  return { namespace, name, ...(kind ? { kind } : {}) };
}

function readGateway(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--gateway ${withoutPassword(text)} is not allowed: must be an http:// or https:// address`);
  return text.replace(/\/+$/, '');
}

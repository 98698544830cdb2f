import { parseArgs } from 'node:util';
import { REPLAY_RATE, type ReplayStart } from '@coppice/contract';
import { withoutPassword } from '@coppice/serverkit';
import { gatewayAddress } from '../gateway/gateway-address.ts';

/** An error in the command line, in one line. */
export class UsageError extends Error {}

export type ReplayCommand = { do: 'help' } | { do: 'start'; gateway: string; body: ReplayStart; json: boolean };

/** Reads the arguments of `npm run replay`. Throws `UsageError`. The gateway judges versions and times. */
export function parseReplayArguments(args: readonly string[], env: Record<string, string | undefined>): ReplayCommand {
  const values = parse(args);
  if (values.help) return { do: 'help' };
  const { version, since, until } = values;
  if (!version) throw new UsageError('a version is required: --version v3');
  if (!since) throw new UsageError('a period is required: --since 7d');
  return {
    do: 'start',
    gateway: readGateway(values.gateway ?? gatewayAddress(env)),
    json: values.json ?? false,
    body: {
      ...{ version, since, ...(until === undefined ? {} : { until }) },
      ...(values.limit === undefined ? {} : { limit: whole('limit', values.limit) }),
      rate: values.rate === undefined ? REPLAY_RATE : whole('rate', values.rate),
      reason: values.reason?.trim() || `replay of ${version}, from a terminal`,
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        version: { type: 'string' },
        since: { type: 'string' },
        until: { type: 'string' },
        limit: { type: 'string' },
        rate: { type: 'string' },
        reason: { type: 'string', short: 'r' },
        json: { type: 'boolean' },
        gateway: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    throw new UsageError((cause as Error).message.split('. ')[0], { cause });
  }
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError(`--${name} ${text} is not allowed: must be a whole number from 1 on`);
  return Number(text);
}

function readGateway(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--gateway ${withoutPassword(text)} is not allowed: must be an http:// or https:// address`);
  return text.replace(/\/+$/, '');
}

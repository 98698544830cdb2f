import { parseArgs } from 'node:util';
import { type ExperimentStart, experimentStart, experimentStop } from '@coppice/contract';
import { withoutPassword } from '@coppice/serverkit';
import type { z } from 'zod';
import { gatewayAddress } from '../gateway/gateway-address.ts';

/** An error in the command line, in one line. */
export class UsageError extends Error {}

export type ExperimentCommand =
  | { do: 'help' }
  | { do: 'list' | 'plan'; gateway: string }
  | { do: 'status'; gateway: string; name?: string }
  | { do: 'start'; gateway: string; body: ExperimentStart }
  | { do: 'stop'; gateway: string; name: string; body: z.output<typeof experimentStop> };

/** Reads the arguments of `npm run experiment`. Throws `UsageError`. */
export function parseExperimentArguments(
  args: readonly string[],
  env: Record<string, string | undefined>,
): ExperimentCommand {
  const { values, positionals } = parse(args);
  if (values.help) return { do: 'help' };
  const [what = 'status', name, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`${more.join(' ')} is not allowed: one name at a time`);
  const { gateway: address, candidate: candidates, reason, revision, ...question } = values;
  const gateway = readGateway(address ?? gatewayAddress(env));
  const change = { reason: reason?.trim(), revision: number('revision', revision) };
  if (what === 'list' || what === 'plan' || what === 'status') {
    const other = Object.keys(values).find((option) => option !== 'gateway');
    if (other) throw new UsageError(`--${other} does not belong to ${what}`);
    if (what !== 'status') return { do: what, gateway };
    return { do: what, gateway, ...(name === undefined ? {} : { name: encodeURIComponent(name) }) };
  }
  if (what !== 'start' && what !== 'stop')
    throw new UsageError(`${what} is not allowed: must be plan, start, status, stop or list`);
  if (name === undefined) throw new UsageError(`${what} needs a name: npm run experiment -- ${what} v2-accuracy`);
  if (!change.reason) throw new UsageError('a reason is required: --reason "v2 is trained on newer data"');
  if (what === 'start') {
    const numbers = { margin: number('margin', question.margin), effect: number('effect', question.effect) };
    return {
      do: what,
      gateway,
      body: check(experimentStart, { ...question, ...numbers, name, candidates, ...change }),
    };
  }
  const other = Object.keys({ ...question, ...(candidates ? { candidate: candidates } : {}) })[0];
  if (other) throw new UsageError(`--${other} does not belong to stop`);
  return { do: what, gateway, name: encodeURIComponent(name), body: check(experimentStop, change) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        reason: { type: 'string', short: 'r' },
        revision: { type: 'string' },
        baseline: { type: 'string' },
        candidate: { type: 'string', multiple: true },
        metric: { type: 'string' },
        margin: { type: 'string' },
        effect: { type: 'string' },
        gateway: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new UsageError((cause as Error).message.split('. ')[0], { cause });
  }
}

/** What the gateway would refuse is refused here, in the words of the command line. */
function check<S extends z.ZodType>(schema: S, body: object): z.output<S> {
  const read = schema.safeParse(Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const [field] = issue?.path ?? [];
  throw new UsageError(`${field === 'name' ? 'the name' : `--${String(field)}`} is not allowed: ${issue?.message}`);
}

function number(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`--${option} ${text} is not allowed: must be a number`);
  return Number(text);
}

function readGateway(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--gateway ${withoutPassword(text)} is not allowed: must be an http:// or https:// address`);
  return text.replace(/\/+$/, '');
}

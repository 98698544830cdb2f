import { parseArgs } from 'node:util';
import {
  type RolloutChange,
  type RolloutCommand,
  type RolloutStart,
  rolloutChange,
  rolloutCommands,
  rolloutStart,
} from '@coppice/contract';
import { withoutPassword } from '@coppice/serverkit';
import type { z } from 'zod';
import { gatewayAddress } from '../gateway/gateway-address.ts';

/** An error in the command line, in one line. */
export class UsageError extends Error {}

type Common = { gateway: string; wait: boolean };
export type RolloutArguments =
  | { do: 'help' }
  | ({ do: 'status' } & Common)
  | ({ do: 'start'; body: RolloutStart } & Common)
  | ({ do: RolloutCommand; body: RolloutChange } & Common);

/** Reads the arguments of `npm run rollout`. Throws `UsageError`. */
export function parseRolloutArguments(
  args: readonly string[],
  env: Record<string, string | undefined>,
): RolloutArguments {
  const { values, positionals } = parse(args);
  if (values.help || (args.length === 0 && positionals.length === 0)) return { do: 'help' };
  const [what = 'status', ...words] = positionals;
  const common = { gateway: readGateway(values.gateway ?? gatewayAddress(env)), wait: values.wait ?? false };
  const { reason, revision } = values;
  const shared = { reason: reason?.trim(), revision: number('revision', revision) };
  if (what === 'status') {
    refuseOthers(values, ['wait', 'gateway'], 'status');
    return { do: 'status', ...common };
  }
  if (what === 'start') {
    refuseOthers(values, [...always, ...startOptions], 'start');
    const [version, ...more] = words;
    if (version === undefined || more.length > 0)
      throw new UsageError('start needs one version: npm run rollout -- start v2 --reason "…"');
    const body = {
      ...{ version, ...shared, baseline: values.baseline, require: values.require, promote: values.promote },
      steps: values.steps?.split(',').map((step) => (step.trim() ? Number(step) : Number.NaN)),
      step_minutes: number('step-minutes', values['step-minutes']),
      step_requests: number('step-requests', values['step-requests']),
      max_step_hours: number('max-step-hours', values['max-step-hours']),
      guardrails: readGuardrails(values.guardrails),
    };
    return { do: 'start', body: check(rolloutStart, body), ...common };
  }
  const command = rolloutCommands.find((name) => name === what);
  if (!command) throw new UsageError(`${what} is not allowed: must be start, status, ${rolloutCommands.join(', ')}`);
  if (words.length > 0) throw new UsageError(`${words.join(' ')} is not allowed: ${command} takes no word`);
  refuseOthers(values, [...always, 'step', 'version'], command);
  const body = { ...shared, step: number('step', values.step), version: values.version };
  return { do: command, body: check(rolloutChange, body), ...common };
}

const options = {
  reason: { type: 'string', short: 'r' },
  revision: { type: 'string' },
  baseline: { type: 'string' },
  steps: { type: 'string' },
  'step-minutes': { type: 'string' },
  'step-requests': { type: 'string' },
  'max-step-hours': { type: 'string' },
  guardrails: { type: 'string' },
  require: { type: 'string' },
  promote: { type: 'boolean' },
  step: { type: 'string' },
  version: { type: 'string' },
  wait: { type: 'boolean' },
  gateway: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;
const always = ['reason', 'revision', 'wait', 'gateway'];
const startOptions = [
  ...['baseline', 'steps', 'step-minutes', 'step-requests', 'max-step-hours', 'guardrails', 'require', 'promote'],
];

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (cause) {
    throw new UsageError((cause as Error).message.split('. ')[0], { cause });
  }
}

function refuseOthers(values: object, allowed: readonly string[], what: string): void {
  const other = Object.keys(values).find((name) => !allowed.includes(name));
  if (other) throw new UsageError(`--${other} does not belong to ${what}`);
}

/** `errors,slow`: those alone. */
function readGuardrails(text: string | undefined): Record<string, boolean> | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  const known = ['errors', 'slow', 'accuracy', 'outcome'];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`--guardrails ${text} is not allowed: must be some of ${known.join(',')}`);
  return Object.fromEntries(known.map((name) => [name, names.includes(name)]));
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`--${name} ${text} is not allowed: must be a number`);
  return Number(text);
}

/** What the gateway would refuse is refused here, in the words of the command line. */
function check<S extends z.ZodType>(schema: S, body: Record<string, unknown>): z.output<S> {
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  if (!given.reason) throw new UsageError('a reason is required: --reason "v2 is trained on fresh data"');
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const option = String(issue?.path[0] ?? '').replaceAll('_', '-');
  throw new UsageError(`--${option} is not allowed: ${issue?.message}`);
}

function readGateway(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--gateway ${withoutPassword(text)} is not allowed: must be an http:// or https:// address`);
  return text.replace(/\/+$/, '');
}

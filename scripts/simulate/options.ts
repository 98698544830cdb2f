import { parseArgs } from 'node:util';
import { envHost, envPort, httpUrl, withoutPassword } from '@coppice/serverkit';
import { gatewayAddress } from '../gateway/gateway-address.ts';
import { parseShift, type Shift } from './shift.ts';
import { type Bad, parseBad } from './spoiler/bad.ts';
import { SPOILER_PORT } from './spoiler/spoiler-port.ts';

export type Options = {
  gateway: string;
  /** Predictions per second. */
  rate: number;
  durationMs: number;
  /** Number of sticky keys; 0 sends none. */
  users: number;
  shifts: Shift[];
  /** Standard deviation of the noise added to each number, in training standard deviations. */
  noise: number;
  /** Share of answers that get feedback, 0–1. */
  feedback: number;
  /** Share of deliberately invalid requests, 0–1. */
  errors: number;
  versionPin: string | undefined;
  apiKey: string | undefined;
  /** Versions whose answers are spoiled meanwhile. */
  bad: Record<string, Bad>;
  /** Address of the spoiler in front of them. */
  spoiler: string;
  seed: number;
};

/** An error in the command line, in one line. */
export class UsageError extends Error {}

export const usage = `Send traffic like the training data to a running gateway, and sum up its answers.

npm run simulate -- [options]

  --rate 100              predictions per second
  --duration 60s          how long: 500ms, 60s, 10m or 1h
  --users 500             sticky users who take turns; 0 sends no user
  --shift NAME=+1.5sd     move a number or date by training standard deviations, or by its own unit (NAME=-0.3; dates by
                          days, NAME=+30); repeatable
  --shift NAME=Dream:0.3  give 30 % of the rows this value of a category or boolean, also one that training never saw;
                          NAME=missing:0.05 gives 5 % none, where the model allows that
  --noise 0.1             spread added to each number, in training standard deviations
  --feedback 0.8          share of answers that get feedback, a little later
  --errors 0.01           share of deliberately invalid requests, which the gateway must refuse
  --version-pin v2        send X-Model-Version with every request
  --bad v2:errors=0.02    make v2 bad meanwhile; joined by commas: errors=0.02 (a 500 for 2 % of its requests),
                          accuracy=-0.03 (another class for 3 % of its rows), latency=1.5 (1.5 times as slow);
                          repeatable; needs npm start -- --spoiler
  --spoiler URL           default: BIND_ADDRESS (127.0.0.1) and SPOILER_PORT (5099)
  --gateway URL           default: GATEWAY_URL, else BIND_ADDRESS (127.0.0.1) and GATEWAY_PORT (5000)
  --api-key KEY           for a gateway with API_KEYS; default: $API_KEY
  --seed 1                the same seed sends the same rows
  --help

Ctrl-C ends the traffic early and prints the summary.
`;

/** Reads the command line; null for --help. Throws `UsageError` for an invalid one. */
export function readOptions(args: readonly string[], env: Record<string, string | undefined>): Options | null {
  const values = parse(args);
  if (values.help) return null;
  return {
    gateway: readUrl('gateway', values.gateway ?? gatewayAddress(env)),
    rate: number('rate', values.rate, 0.01, 100_000),
    durationMs: readDuration(values.duration),
    users: whole('users', values.users, 1_000_000),
    shifts: values.shift.map(
      (text) =>
        parseShift(text) ??
        refuse('shift', text, 'NAME=+1.5sd, NAME=-0.3, NAME=value:0.3 or NAME=missing:0.05 (a share from 0 to 1)'),
    ),
    noise: number('noise', values.noise, 0, 100),
    feedback: number('feedback', values.feedback, 0, 1),
    errors: number('errors', values.errors, 0, 1),
    versionPin: values['version-pin'],
    apiKey: values['api-key'] ?? (env.API_KEY?.trim() || undefined),
    bad: readBad(values.bad),
    spoiler: readUrl('spoiler', values.spoiler ?? spoilerAddress(env)),
    seed: whole('seed', values.seed, 2 ** 31),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rate: { type: 'string', default: '100' },
        duration: { type: 'string', default: '60s' },
        users: { type: 'string', default: '500' },
        shift: { type: 'string', multiple: true, default: [] },
        noise: { type: 'string', default: '0' },
        feedback: { type: 'string', default: '0' },
        errors: { type: 'string', default: '0' },
        gateway: { type: 'string' },
        'version-pin': { type: 'string' },
        'api-key': { type: 'string' },
        bad: { type: 'string', multiple: true, default: [] },
        spoiler: { type: 'string' },
        seed: { type: 'string', default: '1' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. --help lists the options.`, { cause: error });
  }
}

function readBad(texts: readonly string[]): Record<string, Bad> {
  const bad: Record<string, Bad> = {};
  for (const text of texts) {
    const read =
      parseBad(text) ?? refuse('bad', text, 'such as v2:errors=0.02,accuracy=-0.03,latency=1.5 (any of these three)');
    if (read.version in bad) refuse('bad', text, `given once for ${read.version}, its parts joined by commas`);
    bad[read.version] = read.bad;
  }
  return bad;
}

function spoilerAddress(env: Record<string, string | undefined>): string {
  return httpUrl(envHost(env, 'BIND_ADDRESS') ?? '127.0.0.1', envPort(env, 'SPOILER_PORT', SPOILER_PORT));
}

function readDuration(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Number(amount) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit as 'ms' | 's' | 'm' | 'h'];
  return ms > 0 && ms <= 7 * 86_400_000 ? ms : refuse('duration', text, 'a time such as 500ms, 60s, 10m or 1h');
}

function readUrl(name: string, text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    return refuse(name, withoutPassword(text), 'an http:// or https:// address');
  return text.replace(/\/+$/, '');
}

function number(name: string, text: string, min: number, max: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return value >= min && value <= max ? value : refuse(name, text, `a number from ${min} to ${max}`);
}

function whole(name: string, text: string, max: number): number {
  const value = number(name, text, 0, max);
  return Number.isInteger(value) ? value : refuse(name, text, `a whole number from 0 to ${max}`);
}

function refuse(name: string, text: string, allowed: string): never {
  throw new UsageError(`--${name} ${text} is not allowed: must be ${allowed}.`);
}

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Alias,
  aliases,
  type PromoteRelease,
  promoteRelease,
  type RollbackRelease,
  rollbackRelease,
} from '@coppice/contract';
import type { Outbox } from '@coppice/mlflow/outbox';
import type { Retention } from '@coppice/registry/registry';
import { registryPlace } from '@coppice/registry/registry-place';
import { withoutPassword } from '@coppice/serverkit';
import type { z } from 'zod';
import { gatewayAddress } from '../gateway/gateway-address.ts';
import { findOutbox } from '../outbox/find-outbox.ts';
import type { ImportCommand } from './import/import-release.ts';
import { placeOfReleases } from './place-of-releases.ts';

/** An error in the command line, in one line. */
export class UsageError extends Error {}

type Change = { reason: string };
type Made = { outbox: Outbox | null };
export type RegistryCommand =
  | { do: 'help' }
  | { do: 'promote'; gateway: string; body: PromoteRelease }
  | { do: 'rollback'; gateway: string; body: RollbackRelease }
  | ({ registry: string; model: string | undefined } & (
      | { do: 'list' | 'audit' }
      | { do: 'show'; number: number }
      | ({ do: 'decline'; alias: Alias } & Change)
      | { do: 'gate'; number: number; file: string; option: string }
      | { do: 'compare'; numbers: readonly [number, number] }
      | ({ do: 'publish'; folder: string } & Change & Made)
      | ({ do: 'import' } & ImportCommand & Made)
      | ({ do: 'alias'; alias: Alias; to: number | null; expected: number | null | undefined } & Change)
      | ({ do: 'approve' | 'reject'; number: number } & Change)
      | ({ do: 'tag'; number: number; name: string; value: string } & Change)
      | ({ do: 'prune' } & Retention & Change)
      | { do: 'copy'; to: string }
    ));

/** Words after each command, as its help shows them. */
const operands = {
  list: '',
  audit: '',
  show: 'NUMBER',
  compare: 'NUMBER NUMBER',
  gate: 'NUMBER',
  publish: 'FOLDER',
  import: '',
  alias: 'champion|challenger NUMBER|none',
  decline: 'champion|challenger',
  approve: 'NUMBER',
  reject: 'NUMBER',
  promote: 'NUMBER',
  rollback: '',
  tag: 'NUMBER NAME=VALUE',
  prune: '',
  copy: '',
} as const;

/** Reads the arguments of `npm run registry`; relative paths start at `cwd`. Throws `UsageError` and `ConfigError`. */
export function parseRegistryArguments(
  args: readonly string[],
  env: Record<string, string | undefined>,
  cwd: string,
): RegistryCommand {
  const { values, positionals } = parse(args);
  if (values.help) return { do: 'help' };
  const [what = 'list', ...words] = positionals;
  if (!Object.hasOwn(operands, what))
    throw new UsageError(`${what} is not allowed: must be ${Object.keys(operands).join(', ')}`);
  const command = what as keyof typeof operands;
  const expected = operands[command].split(' ').filter(Boolean).length;
  if (words.length !== expected) throw new UsageError(`must be: npm run registry -- ${command} ${operands[command]}`);
  const only = (option: keyof typeof values, ...of: string[]) => {
    if (values[option] !== undefined && !of.includes(command))
      throw new UsageError(`--${option} does not belong to ${command}`);
  };
  only('expected', 'alias');
  only('gate', 'gate');
  only('keep', 'prune');
  only('to', 'copy');
  only('days', 'prune');
  only('approve', 'promote');
  only('gateway', 'promote', 'rollback');
  only('revision', 'promote', 'rollback');
  for (const option of ['name', 'data', 'target', 'drop', 'only', 'classes', 'test-rows'] as const)
    only(option, 'import');
  const { model, reason = '' } = values;
  const registry = placeOfReleases(values.registry, env, cwd);
  const common = { registry, model };
  const outbox = () => findOutbox(env, values.registry, cwd);
  const [first = '', second = ''] = words;
  switch (command) {
    case 'promote':
    case 'rollback': {
      for (const option of ['registry', 'model'] as const)
        if (values[option] !== undefined)
          throw new UsageError(`--${option} does not belong to ${command}: the gateway knows its registry`);
      const gateway = readGateway(values.gateway ?? gatewayAddress(env));
      const { revision } = values;
      const shared = revision === undefined ? {} : { revision: whole('revision', revision) };
      if (command === 'rollback')
        return {
          do: command,
          gateway,
          body: check(rollbackRelease, { ...shared, reason: reason || 'from a terminal' }),
        };
      if (!reason.trim()) throw new UsageError('a reason is required: --reason "…"');
      const approve = values.approve ? { approve: true } : {};
      return {
        do: command,
        gateway,
        body: check(promoteRelease, { ...shared, ...approve, release: number(first), reason }),
      };
    }
    case 'list':
    case 'audit':
      return { do: command, ...common };
    case 'show':
      return { do: command, ...common, number: number(first) };
    case 'compare':
      return { do: command, ...common, numbers: [number(first), number(second)] };
    case 'gate': {
      const file = values.gate ?? (env.GATE_FILE?.trim() || undefined);
      if (file === undefined) throw new UsageError('gate needs a file: --gate FILE, or GATE_FILE');
      const option = values.gate === undefined ? 'GATE_FILE' : '--gate';
      return { do: command, ...common, number: number(first), file: resolve(cwd, file), option };
    }
    case 'publish':
      return { do: command, ...common, folder: resolve(cwd, first), reason, outbox: outbox() };
    case 'import':
      if (!model || !values.data) throw new UsageError('import needs --model FILE.onnx and --data FILE.csv');
      return {
        ...{ do: command, registry, model: values.name, file: model, data: values.data, reason },
        outbox: outbox(),
        testRows: whole('test-rows', values['test-rows'] ?? '10000'),
        ...{ target: values.target, drop: listed(values.drop) ?? [] },
        ...{ only: listed(values.only), classes: listed(values.classes) },
      };
    case 'alias':
      return {
        do: command,
        ...common,
        alias: alias(first),
        to: numberOrNone(second),
        expected: optional(values.expected),
        reason,
      };
    case 'decline':
      return { do: command, ...common, alias: alias(first), reason };
    case 'approve':
    case 'reject':
      return { do: command, ...common, number: number(first), reason };
    case 'tag': {
      const [, name, value] = /^([\w.-]{1,64})=(.{0,200})$/s.exec(second) ?? [];
      if (name === undefined || value === undefined)
        throw new UsageError(`${second} is not allowed: must be NAME=VALUE; an empty value takes the tag away`);
      return { do: command, ...common, number: number(first), name, value, reason };
    }
    case 'prune':
      return {
        do: command,
        ...common,
        keep: whole('keep', values.keep ?? '10'),
        days: whole('days', values.days ?? '90'),
        reason,
      };
    case 'copy':
      if (!values.to) throw new UsageError('copy needs a place: --to s3://bucket/prefix, or a folder');
      // a slip of the pen must not become a folder of that name
      if (/^\w{2,}:\//.test(values.to) && !/^(s3:\/\/[^/]|file:\/\/\/)/.test(values.to))
        throw new UsageError(`--to ${values.to} is not allowed: must be s3://bucket/prefix, or a folder`);
      return { do: command, ...common, to: registryPlace(values.to, cwd) };
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        registry: { type: 'string' },
        model: { type: 'string' },
        reason: { type: 'string', short: 'r' },
        expected: { type: 'string' },
        gate: { type: 'string' },
        keep: { type: 'string' },
        days: { type: 'string' },
        approve: { type: 'boolean' },
        revision: { type: 'string' },
        gateway: { type: 'string' },
        to: { type: 'string' },
        name: { type: 'string' },
        data: { type: 'string' },
        target: { type: 'string' },
        drop: { type: 'string' },
        only: { type: 'string' },
        classes: { type: 'string' },
        'test-rows': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new UsageError((cause as Error).message.split('. ')[0], { cause });
  }
}

function number(text: string): number {
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new UsageError(`${text} is not allowed: must be the number of a release`);
  return Number(text);
}

const listed = (text: string | undefined) => text?.split(',').map((word) => word.trim());
const numberOrNone = (text: string) => (text === 'none' ? null : number(text));
const optional = (text: string | undefined) => (text === undefined ? undefined : numberOrNone(text));

function whole(option: string, text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new UsageError(`--${option} ${text} is not allowed: must be a whole number`);
  return Number(text);
}

function check<S extends z.ZodType>(schema: S, body: object): z.output<S> {
  const { data, error } = schema.safeParse(body);
  if (error) throw new UsageError(`--${error.issues[0]?.path.join('.')}: ${error.issues[0]?.message}`);
  return data as z.output<S>;
}

function readGateway(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--gateway ${withoutPassword(text)} is not allowed: must be an http:// or https:// address`);
  return text.replace(/\/+$/, '');
}

function alias(text: string): Alias {
  if (!aliases.includes(text as Alias)) throw new UsageError(`${text} is not allowed: must be ${aliases.join(' or ')}`);
  return text as Alias;
}

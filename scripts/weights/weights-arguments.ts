import { parseArgs } from 'node:util';
import { type ConfigPatch, presetNames } from '@coppice/contract';
import { withoutPassword } from '@coppice/serverkit';
import { gatewayAddress } from '../gateway/gateway-address.ts';

/** An error in the command line, in one line. */
export class UsageError extends Error {}

export type WeightsCommand =
  | { do: 'help' }
  | { do: 'show'; gateway: string }
  | { do: 'change'; gateway: string; patch: ConfigPatch };

/** Reads the arguments of `npm run weights`. Throws `UsageError`. */
export function parseWeightsArguments(
  args: readonly string[],
  env: Record<string, string | undefined>,
): WeightsCommand {
  const { values, positionals } = parse(args);
  if (values.help) return { do: 'help' };
  const gateway = readGateway(values.gateway ?? gatewayAddress(env));
  const change = { ...readSplit(positionals), ...readShadow(values.shadow) };
  if (Object.keys(change).length === 0) {
    if (values.reason !== undefined || values.revision !== undefined)
      throw new UsageError(
        '--reason and --revision belong to a change: give weights (v1=90 v2=10), a preset or --shadow',
      );
    return { do: 'show', gateway };
  }
  const reason = values.reason?.trim() || ('preset' in change ? `preset ${change.preset}, from a terminal` : '');
  if (!reason) throw new UsageError('a reason is required: --reason "canary of v2"');
  return { do: 'change', gateway, patch: { ...change, reason, ...readRevision(values.revision) } };
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

function readGateway(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--gateway ${withoutPassword(text)} is not allowed: must be an http:// or https:// address`);
  return text.replace(/\/+$/, '');
}

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { placeOfReleases } from '../registry/place-of-releases.ts';

/** An error in the command line, in one line. */
export class UsageError extends Error {}

export type Evaluation = {
  number: number;
  /** None: the champion, if it is another one. */
  against: number | undefined;
  costs: string[];
  out: string;
  registry: string;
  model: string;
  /** None: the release's own test rows. `title` is what messages call the file. */
  data: { file: string; title: string; target: string | undefined } | undefined;
};

/** Reads the arguments of `npm run evaluate`; relative paths start at `cwd`. Null asks for help. Throws `UsageError`. */
export function parseEvaluateArguments(
  args: readonly string[],
  env: Record<string, string | undefined>,
  cwd: string,
): Evaluation | null {
  const { values, positionals } = parse(args);
  if (values.help) return null;
  if (positionals.length !== 1) throw new UsageError('must be: npm run evaluate -- NUMBER');
  const { data, target } = values;
  if (target !== undefined && data === undefined) throw new UsageError('--target belongs to --data');
  const number = releaseNumber(positionals[0] as string);
  const against = values.against === undefined ? undefined : releaseNumber(values.against);
  if (against === number) throw new UsageError(`--against ${against} is the release itself`);
  return {
    number,
    against,
    costs: values.cost ?? [],
    out: resolve(cwd, values.out ?? `report-${number}`),
    registry: placeOfReleases(values.registry, env, cwd),
    model: values.model ?? (env.MODEL_NAME || 'iris'),
    data: data === undefined ? undefined : { file: resolve(cwd, data), title: data, target },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        against: { type: 'string' },
        cost: { type: 'string', multiple: true },
        out: { type: 'string' },
        registry: { type: 'string' },
        model: { type: 'string' },
        data: { type: 'string' },
        target: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new UsageError((cause as Error).message.split('. ')[0], { cause });
  }
}

function releaseNumber(text: string): number {
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new UsageError(`${text} is not allowed: must be the number of a release`);
  return Number(text);
}

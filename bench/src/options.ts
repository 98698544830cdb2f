import { parseArgs } from 'node:util';
import { ConfigError } from '@coppice/serverkit';

/** Parts of the benchmark, in the order in which they run. */
export const parts = [
  'throughput',
  'features',
  'budget',
  'rate',
  'batch',
  'memory',
  'startup',
  'trees',
  'columns',
  'versions',
  'record',
  'endless',
] as const;
export type Part = (typeof parts)[number];

export type Options = {
  parts: readonly Part[];
  /** Times that everything is measured, one after the other and then again. */
  rounds: number;
  /** Seconds of one measurement. */
  seconds: number;
  quick: boolean;
  out: string | undefined;
  help: boolean;
};

export const helpText = `Measure Coppice side by side with what it takes the place of, on this machine, and judge the bars.

  npm run bench [-- options]

  --only PART,…   some parts only: ${parts.slice(0, 7).join(', ')},
                  ${parts.slice(7).join(', ')}
  --rounds N      times that everything is measured, in turn (5; --quick: 3)
  --seconds S     seconds of one measurement (4; --quick: 1)
  --quick         shorter and smaller: to see that it works, not to quote
  --out FILE      result as JSON; a chart goes beside it (bench/results/<date>.json; --quick or --only: nowhere)
  --help          this text

  throughput  Coppice, nginx, HAProxy, Express alone, a model server alone, Flask, MLServer at 1, 32, 128 connections
  features    what record, drift, metrics and coalescing cost: each switched off
  budget      where the time of a request goes in the gateway, by V8's profiler
  rate        latency at a fixed 1,000 requests/s, from the moment each was due (coordinated omission corrected)
  batch       1, 32 and 1,024 rows in a request
  memory      resident memory of each process at rest and under load
  startup     milliseconds until ready
  trees       10, 30, 100 trees        columns   4, 16, 64 features     versions  1, 2, 4, 8 versions
  record      0 and 5,000,000 recorded predictions: throughput, history page, /performance
  endless     memory after 1,000,000 and 10,000,000 predictions

nginx, HAProxy, wrk, Flask and MLServer are installed by bench/setup. A full run takes about half an hour; leave the
machine alone meanwhile. Load goes to 127.0.0.1 only, and everything that was started is ended.
Exit status 1 when a bar falls short.
`;

/** Reads the command line. Throws `ConfigError` of one line. */
export function readOptions(args: string[]): Options {
  const values = parse(args);
  const quick = values.quick ?? false;
  return {
    parts: readParts(values.only),
    rounds: readInteger('--rounds', values.rounds, 1, 100) ?? (quick ? 3 : 5),
    seconds: readInteger('--seconds', values.seconds, 1, 600) ?? (quick ? 1 : 4),
    quick,
    out: values.out,
    help: values.help ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        only: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        quick: { type: 'boolean' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    throw new ConfigError(`${(cause as Error).message.split('\n')[0]} (--help lists the options)`, { cause });
  }
}

function readParts(text: string | undefined): readonly Part[] {
  if (text === undefined) return parts;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !parts.some((part) => part === name));
  if (unknown !== undefined) throw new ConfigError(`--only ${unknown} is not allowed: ${parts.join(', ')} are`);
  return parts.filter((part) => names.includes(part));
}

function readInteger(flag: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new ConfigError(`${flag} ${text} is not allowed: a whole number from ${min} to ${max} is`);
  return value;
}

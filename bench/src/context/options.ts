import { parseArgs } from 'node:util';
import { ConfigError } from '@coppice/serverkit';
import { MOST_TO_OLD } from '../report/bars.ts';
import { LEAST_FOR_95 } from '../report/median-interval.ts';

/** Parts of the benchmark, in the order in which they run. */
export const parts = [
  'throughput',
  'features',
  'budget',
  'processor',
  'rate',
  'batch',
  'memory',
  'startup',
  'trees',
  'columns',
  'versions',
  'record',
  'tail',
  'endless',
  'registry',
  'counting',
  'page',
] as const;
export type Part = (typeof parts)[number];

/** Flags that mean something to the part `processor` only, and those of it that `versions` has as well. */
const processorFlags = ['against', 'connections', 'rate'] as const;
const pairsFlags = ['pairs', 'requests'] as const;

export type Options = {
  parts: readonly Part[];
  /** How often everything is measured, in turn. */
  rounds: number;
  /** Seconds of one measurement. */
  seconds: number;
  /** Of the part `processor`; `requests` are those of each side in each pair, `rate` those per second. */
  processor: { pairs: number; requests: number; connections: readonly number[]; rate: number | undefined };
  /** Of the part `tail`. */
  minutes: number;
  /** A commit of this repository that this checkout is compared with. */
  against: string | undefined;
  quick: boolean;
  out: string | undefined;
  help: boolean;
};

export const helpText = `Measure Coppice side by side with what it replaces, on this machine, and judge the bars.

  npm run bench [-- options]

  --only PART,…   some parts only: ${parts.slice(0, 8).join(', ')},
                  ${parts.slice(8).join(', ')}
  --rounds N      how often everything is measured, in turn (5; --quick: 3)
  --seconds S     seconds of one measurement (4; --quick: 1)
  --quick         shorter and smaller: to check that it works, not to quote
  --out FILE      result as JSON; a chart goes beside it (bench/results/<date>.json; --quick or --only: nowhere)
  --help          this text

  --minutes N     how long the part tail loads the gateway with everything at work (10; --quick: a third of one)

  Of the part processor only, which needs Linux (--pairs and --requests: of versions as well):
  --against REF   this checkout beside another commit, which is checked out and installed in a temporary folder;
                  exit status 1 when the upper limit of new ÷ old is above ${MOST_TO_OLD}
  --pairs N       pairs of fresh processes, at least ${LEAST_FOR_95} (20; --quick: ${LEAST_FOR_95})
  --requests N    answers that are counted of each side in each pair (32000; --quick: 1600)
  --connections N,…   (32,128)
  --rate N        requests per second, for a load below saturation (as many as are answered)

  throughput  Coppice, nginx, HAProxy, Express alone, a model server alone, Flask, MLServer at 1, 32, 128 connections
  features    what record, drift, metrics and coalescing cost: each switched off
  budget      what takes the gateway's time in a request, by V8's profiler
  processor   processor time per prediction, model servers included: Coppice, nginx, HAProxy; medians with 95 % intervals;
              then at half of the rate that all answer, unless --rate names one
  rate        latency at a fixed 1,000 requests/s, from the moment each was due (coordinated omission corrected)
  batch       1, 32 and 1,024 rows in a request: rows/s and processor time per row; Coppice, nginx, Flask
  memory      resident memory of each process at rest and under load
  startup     milliseconds until ready
  trees       10, 30, 100 trees        columns   4, 16, 64 features
  versions    processor time per prediction with 1, 2, 4, 8 versions, and with 8 of which 7 get no traffic
  record      0 and 5,000,000 recorded predictions: processor time, throughput, history page, /performance;
              p99 while retention trims, beside p99 without
  tail        p99 and p99.9 at 60 % of capacity, with a retune every 10 s, a scrape every 5 s, an open page, exports of
              the record again and again, and retention at work; before that for a tenth of the time with retention only
  endless     memory after 1,000,000 and 10,000,000 predictions
  registry    1,000 releases in a folder: their list
  counting    processor time that the cells of the comparison cost per prediction (needs Linux)
  page        in a browser: largest contentful paint, layout shift, from a key to the answer

nginx, HAProxy, wrk, Flask and MLServer are installed by bench/setup. A full run takes about an hour and a half; leave
the machine alone meanwhile. Load goes only to 127.0.0.1, and everything that was started is ended.
A bar is judged by its median; "within the spread" says that its 95 % interval spans the bar, so that another run may judge
otherwise. Exit status 1 when a bar falls short, within the spread or not.
`;

/** Reads the command line. Throws `ConfigError` of one line. */
export function readOptions(args: string[]): Options {
  const values = parse(args);
  const quick = values.quick ?? false;
  const chosen = readParts(values.only);
  const foreign = processorFlags.find((flag) => values[flag] !== undefined && !chosen.includes('processor'));
  if (foreign) throw new ConfigError(`--${foreign} is not allowed: it is for the part processor`);
  const pairless = pairsFlags.find((flag) => values[flag] !== undefined && !hasPairs(chosen));
  if (pairless) throw new ConfigError(`--${pairless} is not allowed: it is for the parts processor and versions`);
  if (values.against !== undefined && chosen.length > 1)
    throw new ConfigError('--against is not allowed with other parts: --only processor is');
  return {
    parts: chosen,
    rounds: readInteger('--rounds', values.rounds, 1, 100) ?? (quick ? 3 : 5),
    seconds: readInteger('--seconds', values.seconds, 1, 600) ?? (quick ? 1 : 4),
    processor: {
      pairs: readInteger('--pairs', values.pairs, LEAST_FOR_95, 1000) ?? (quick ? LEAST_FOR_95 : 20),
      requests: readInteger('--requests', values.requests, 100, 1_000_000) ?? (quick ? 1600 : 32_000),
      connections: readIntegers('--connections', values.connections, 1, 1024) ?? [32, 128],
      rate: readInteger('--rate', values.rate, 1, 100_000),
    },
    minutes: readInteger('--minutes', values.minutes, 1, 600) ?? (quick ? 1 / 3 : 10),
    against: values.against,
    quick,
    out: values.out,
    help: values.help ?? false,
  };
}

const hasPairs = (chosen: readonly Part[]) => chosen.includes('processor') || chosen.includes('versions');

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        only: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        minutes: { type: 'string' },
        against: { type: 'string' },
        pairs: { type: 'string' },
        requests: { type: 'string' },
        connections: { type: 'string' },
        rate: { type: 'string' },
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
  const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new ConfigError(`${flag} ${text} is not allowed: a whole number from ${min} to ${max} is`);
  return value;
}

function readIntegers(flag: string, text: string | undefined, min: number, max: number): number[] | undefined {
  return text?.split(',').map((one) => readInteger(flag, one.trim(), min, max) as number);
}

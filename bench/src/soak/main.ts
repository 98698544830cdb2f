import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ConfigError } from '@coppice/serverkit';
import { Lab } from '../lab/lab.ts';
import { describeMachine } from '../lab/machine.ts';
import { root } from '../lab/root.ts';
import { rowsThatAllKnow } from '../load/common-rows.ts';
import { startGateway, startModels, startPage } from '../peers/coppice.ts';
import { recordedRows } from '../peers/recorded-rows.ts';
import { short, table } from '../report/table.ts';
import { disturb, setPreset } from './disturb.ts';
import { readSample, type Sample } from './growth.ts';
import { Traffic } from './traffic.ts';
import { judgeSoak } from './verdict.ts';

const help = `Run the whole stack under mixed traffic for a long time, and report whether anything grows, is lost or fails.

  npm run soak -- [--minutes 30] [--rate N] [--out FILE]

  --minutes N   how long (30)
  --rate N      requests per second (half of what the gateway answers at most, measured first)
  --out FILE    samples and verdict as JSON
  --help        this text

Traffic: single rows by array and by name, sticky users, pins, batches, bad requests, feedback. Meanwhile weights change
every 15 s, the gateway is scraped every 10 s, the page and what it polls are read every 2 s, and v2's server is
restarted once half-way, which no client may notice. Exit status 1 when one does, when the record lacks an
answered row, or when memory or handles grow by more than a tenth.
`;

const CLASSES = ['setosa', 'versicolor', 'virginica'];
const TOKEN = 'token-of-the-soak';

const lab = new Lab();
let closing: Promise<void> | undefined;
const close = () => {
  closing ??= lab.close();
  return closing;
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void close().then(() => process.exit(130)));

try {
  const options = readOptions();
  if (options.help) process.stdout.write(help);
  else process.exitCode = (await soak(options)) ? 0 : 1;
} catch (error) {
  if (!closing) console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
} finally {
  await close();
}
process.exit();

type Options = { minutes: number; rate: number | undefined; out: string | undefined; help: boolean };

function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '30' },
        rate: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const number = (flag: string, text: string, least: number) => {
      const value = Number(text);
      if (!(value >= least && value <= 100_000)) throw new Error(`${flag} ${text} is not allowed: from ${least} on is`);
      return value;
    };
    return {
      minutes: number('--minutes', values.minutes, 0.5),
      rate: values.rate === undefined ? undefined : number('--rate', values.rate, 1),
      out: values.out,
      help: values.help ?? false,
    };
  } catch (cause) {
    throw new ConfigError(`${(cause as Error).message.split('\n')[0]} (--help lists the options)`, { cause });
  }
}

async function soak({ minutes, rate: wanted, out }: Options): Promise<boolean> {
  const models = await startModels(lab);
  const env = { ADMIN_TOKEN: TOKEN, RECORD_MAX_ROWS: '1000000000' };
  const { target, dataDir } = await startGateway(lab, models, { env });
  const page = await startPage(lab, target);
  const rows = await rowsThatAllKnow([target]);
  // those rows are recorded too, a tenth of a second later
  await sleep(1000);
  const recordedBefore = recordedRows(dataDir);
  const traffic = new Traffic(target.url, rows, CLASSES);
  const rate = wanted ?? Math.round((await traffic.capacity(32, 5)) / 2);
  console.log(`${rate} requests/s for ${minutes} minutes; v2's server is restarted in the middle`);

  const began = Date.now();
  const samples: Sample[] = [];
  const faults: string[] = [];
  let holding = false;
  const over = new AbortController();
  const running = [
    traffic.run(rate, over.signal),
    disturb(
      { gateway: target.url, page: page.url, token: TOKEN },
      {
        fault: (what) => faults.push(what),
        holding: () => holding,
        scraped: (text) => samples.push(readSample(text, (Date.now() - began) / 1000)),
      },
      over.signal,
    ),
  ];
  const lastModel = models.at(-1) as (typeof models)[number];
  await watch((minutes * 60_000) / 2);
  // without weight on the other version this would be an outage, not a failover
  holding = true;
  await setPreset(target.url, TOKEN, 'equal');
  await lab.restart(lastModel.name, 3000);
  holding = false;
  console.log(`${lastModel.version}'s server was restarted`);
  await watch((minutes * 60_000) / 2);
  over.abort();
  await Promise.all(running);
  await traffic.close();
  lab.mustLive();
  await lab.end('ui');
  await lab.end('gateway');

  /** Prints progress every minute. */
  async function watch(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (Date.now() < end) {
      await sleep(Math.min(60_000, Math.max(0, end - Date.now())));
      lab.mustLive();
      const last = samples.at(-1);
      const { requests, errors } = traffic.tally;
      const wrong = [...errors.values()].reduce((sum, n) => sum + n, 0) + faults.length;
      if (last)
        console.log(
          `${Math.round((Date.now() - began) / 60_000)} min: ${requests.toLocaleString('en')} requests, ${wrong} errors, RSS ${short(last.rssMb)} MB, heap ${short(last.heapMb)} MB, ${last.handles} handles, lag p99 ${short(last.lagP99Ms)} ms`,
        );
    }
  }

  const verdict = judgeSoak(samples, traffic.tally, faults, {
    answered: recordedBefore + traffic.tally.rows,
    recorded: recordedRows(dataDir),
  });
  console.log(
    `\n${table(
      ['soak', 'measured', ''],
      verdict.map(({ what, measured, pass }) => [what, measured, pass ? 'pass' : 'FALLS SHORT']),
    )}`,
  );
  for (const [kind, n] of traffic.tally.errors) console.log(`${n} × ${kind}`);
  for (const fault of faults.slice(0, 20)) console.log(fault);
  if (out !== undefined) {
    const file = resolve(out);
    mkdirSync(dirname(file), { recursive: true });
    const tally = { ...traffic.tally, errors: Object.fromEntries(traffic.tally.errors) };
    const result = {
      date: new Date().toISOString(),
      machine: describeMachine(root),
      minutes,
      rate,
      tally,
      faults,
      verdict,
      samples,
    };
    writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
    console.log(`written: ${file}`);
  }
  return verdict.every(({ pass }) => pass);
}

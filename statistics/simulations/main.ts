import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';
import { type Figure, type Study, studies } from './studies.ts';

const help = `Simulate experiments, rollouts and guardrails, and print what came out as Markdown, as in docs/statistics.md.

  npm run statistics [-- --times N] [--rows N] [--only TEXT]

  --times N    so many times the runs of npm run test:statistics             (default: 5)
  --rows N     rows of the experiments in which nothing differs              (default: 100000)
  --only TEXT  only the studies whose title contains it
  --help       this text

Status 1 when a figure is out of its bounds; it is marked with **.
`;

const { values } = readArguments();
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const times = wholeNumber('times', values.times);
const rows = wholeNumber('rows', values.rows);
const only = values.only.toLowerCase();

for (const study of studies(rows)) if (study.title.toLowerCase().includes(only)) await print(study);

async function print({ title, runs, jobs }: Study): Promise<void> {
  const start = performance.now();
  const names = jobs[0]?.figures.map(({ name }) => name) ?? [];
  console.log(`### ${title}\n\n| | ${names.join(' | ')} |\n|---|${names.map(() => '---:|').join('')}`);
  for (const { name, job, figures } of jobs) {
    const columns = await simulate(job, times * runs);
    console.log(`| ${name} | ${figures.map((figure) => written(figure, columns)).join(' | ')} |`);
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(`\n${(times * runs).toLocaleString('en')} runs each, ${seconds} s.\n`);
}

function written({ of, as, bounds }: Figure, columns: number[][]): string {
  const figure = of(columns);
  const [low, high] = bounds?.(columns) ?? [figure, figure];
  const text = {
    percent: `${(100 * figure).toFixed(1)} %`,
    points: (100 * figure).toFixed(2),
    rows: Number.isFinite(figure) ? figure.toLocaleString('en') : '–',
  }[as];
  if (figure >= low && figure <= high) return text;
  process.exitCode = 1;
  return `**${text}**`;
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`statistics: --${name} ${text} must be a whole number above 0`);
  process.exit(1);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        times: { type: 'string', default: '5' },
        rows: { type: 'string', default: '100000' },
        only: { type: 'string', default: '' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    console.error(`${(error as Error).message.split('\n')[0]} (--help lists the options)`);
    process.exit(1);
  }
}

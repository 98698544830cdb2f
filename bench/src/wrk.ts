import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from './programs.ts';
import type { Row, Target } from './target.ts';

const script = fileURLToPath(new URL('../wrk/predict.lua', import.meta.url));

/** One run of wrk. Latencies in milliseconds. */
export type WrkResult = {
  perSecond: number;
  requests: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
  /** Labels that were looked at. */
  checked: number;
};

type Load = { connections: number; seconds: number; mode: 'check' | 'measure'; rows: readonly Row[]; folder: string };

/** Answers that are wrong or missing: a benchmark of those says nothing. */
export class WrongAnswers extends Error {}

/** Loads a target with wrk. Throws `WrongAnswers` for any status but 2xx, a lost connection, or a wrong label. */
export async function wrk(target: Target, { connections, seconds, mode, rows, folder }: Load): Promise<WrkResult> {
  const plan = join(folder, `${target.name}-${connections}.lua`);
  writeFileSync(plan, planText(target, connections, rows));
  const threads = connections === 1 ? 1 : mode === 'check' ? 3 : 2;
  const args = ['-t', `${threads}`, '-c', `${connections}`, '-d', `${seconds}s`, '--timeout', '10s', '-s', script];
  const output = await run(program('wrk'), [...args, target.url, '--', plan, mode]);
  const line = /^RESULT (.*)$/m.exec(output)?.[1];
  if (!line) throw new Error(`wrk said nothing of its result:\n${output}`);
  const told = JSON.parse(line);
  const bad = told.failed + told.badStatus + told.wrong;
  // none at all: a slow peer under many connections, whose first answers take longer than the warm-up
  if (told.requests === 0 && seconds < 10)
    return wrk(target, { connections, seconds: seconds * 4, mode, rows, folder });
  if (bad > 0 || told.requests === 0 || (mode === 'check' && target.labelPattern && told.checked === 0))
    throw new WrongAnswers(`${target.label} at ${connections} connections: ${line}`);
  return {
    perSecond: told.requests / told.seconds,
    requests: told.requests,
    p50: told.p50 / 1000,
    p95: told.p95 / 1000,
    p99: told.p99 / 1000,
    max: told.max / 1000,
    checked: told.checked,
  };
}

function planText(target: Target, connections: number, rows: readonly Row[]): string {
  const text = rows.map((row) => `{ ${lua(target.body([row.features]))}, ${row.label} }`).join(',\n');
  return `return { path = ${lua(target.path)}, type = "application/json", connections = ${connections},
    pattern = ${lua(target.labelPattern)}, rows = {\n${text} } }\n`;
}

const lua = (text: string) => `[==[${text}]==]`;

async function run(command: string, args: string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => child.kill();
  process.once('exit', end);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  process.off('exit', end);
  if (code !== 0) throw new Error(`wrk ended with status ${code}:\n${output}`);
  return output;
}

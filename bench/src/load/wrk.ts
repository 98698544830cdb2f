import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program, programEnv } from '../lab/programs.ts';
import type { Row, Target } from './target.ts';

const script = fileURLToPath(new URL('../../wrk/predict.lua', import.meta.url));

/** One run of wrk. Latencies in milliseconds. */
export type WrkResult = {
  perSecond: number;
  requests: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
  /** Labels that were checked. */
  checked: number;
};

type Load = { connections: number; seconds: number; mode: 'check' | 'measure'; rows: readonly Row[]; folder: string };

/** Wrong or missing answers: how fast they come means nothing. */
export class WrongAnswers extends Error {}

/** Loads a target with wrk. Throws `WrongAnswers` for any status but 2xx, a lost connection, or a wrong label. */
export async function wrk(target: Target, { connections, seconds, mode, rows, folder }: Load): Promise<WrkResult> {
  const plan = join(folder, `${target.name}-${connections}.lua`);
  writeFileSync(plan, planText(target, connections, rows));
  const threads = connections === 1 ? 1 : mode === 'check' ? 3 : 2;
  const args = ['-t', `${threads}`, '-c', `${connections}`, '-d', `${seconds}s`, '--timeout', '10s', '-s', script];
  const output = await run(program('wrk'), [...args, target.url, '--', plan, mode]);
  const line = /^RESULT (.*)$/m.exec(output)?.[1];
  if (!line) throw new Error(`wrk printed no result:\n${output}`);
  const result = JSON.parse(line);
  const bad = result.failed + result.badStatus + result.wrong;
  // no answer at all: under many connections the first answers of a slow peer take longer than the warm-up
  if (result.requests === 0 && seconds < 10)
    return wrk(target, { connections, seconds: seconds * 4, mode, rows, folder });
  if (bad > 0 || result.requests === 0 || (mode === 'check' && target.labelPattern && result.checked === 0))
    throw new WrongAnswers(`${target.label} at ${connections} connections: ${line}`);
  return {
    perSecond: result.requests / result.seconds,
    requests: result.requests,
    p50: result.p50 / 1000,
    p95: result.p95 / 1000,
    p99: result.p99 / 1000,
    max: result.max / 1000,
    checked: result.checked,
  };
}

function planText(target: Target, connections: number, rows: readonly Row[]): string {
  const text = rows.map((row) => `{ ${lua(target.body([row.features]))}, ${row.label} }`).join(',\n');
  return `return { path = ${lua(target.path)}, type = "application/json", connections = ${connections},
    pattern = ${lua(target.labelPattern)}, rows = {\n${text} } }\n`;
}

const lua = (text: string) => `[==[${text}]==]`;

async function run(command: string, args: string[]): Promise<string> {
  const child = spawn(command, args, { env: programEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
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

import { styleText } from 'node:util';
import { printable, printableLines } from '@coppice/serverkit';

const colours = { INFO: 'green', WARN: 'yellow', ERROR: 'red', FATAL: 'red' } as const;
const nameWidth = 10;

/** A line of a service's log for people: JSON as time, service, level, message and `key=value`; other text unchanged, except that control characters are escaped. */
export function formatLogLine(service: string, line: string, { colour }: { colour: boolean }): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const name = paint('cyan', service.padEnd(nameWidth));
  const entry = parse(line);
  if (!entry) return `${name} ${printable(line)}`;
  const { level, time, ts, msg, err, service: _service, ...rest } = entry;
  const word = printable(String(level ?? 'info').toUpperCase());
  const clock = clockOf(time ?? ts);
  const style = colours[word as keyof typeof colours] ?? 'gray';
  const details = Object.entries(rest).map(([key, value]) => `${paint('gray', `${printable(key)}=`)}${plain(value)}`);
  const text = [clock, name, paint(style, word.padEnd(5)), plain(msg ?? ''), ...details].filter(Boolean).join(' ');
  const stack = (err as { stack?: unknown } | undefined)?.stack;
  return typeof stack === 'string' ? `${text}\n${printableLines(stack)}` : text;
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function clockOf(time: unknown): string {
  const date = new Date(typeof time === 'number' || typeof time === 'string' ? time : Number.NaN);
  return Number.isNaN(date.getTime()) ? '' : date.toTimeString().slice(0, 8);
}

function plain(value: unknown): string {
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

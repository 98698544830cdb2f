import { describe, expect, it } from 'vitest';
import { formatLogLine } from './log-line.ts';

const plain = { colour: false };
const time = new Date(2026, 0, 2, 3, 4, 5).toISOString();

describe('a line of log for people', () => {
  it('has time, service, level, message and the rest', () => {
    const line = JSON.stringify({
      level: 'info',
      time,
      service: 'gateway',
      port: 5000,
      weights: { v1: 90 },
      msg: 'up',
    });
    expect(formatLogLine('gateway', line, plain)).toBe('03:04:05 gateway    INFO  up port=5000 weights={"v1":90}');
  });

  it('reads Prometheus’ format', () => {
    const line = JSON.stringify({ ts: time, level: 'warn', msg: 'slow', component: 'tsdb' });
    expect(formatLogLine('prometheus', line, plain)).toBe('03:04:05 prometheus WARN  slow component=tsdb');
  });

  it('shows the stack of an error', () => {
    const line = JSON.stringify({
      level: 'error',
      time,
      msg: 'bad',
      err: { type: 'Error', stack: 'Error: x\n  at y' },
    });
    expect(formatLogLine('ui', line, plain)).toBe('03:04:05 ui         ERROR bad\nError: x\n  at y');
  });

  it.each(['plain text', '{"broken":', ''])('leaves %j unchanged', (line) => {
    expect(formatLogLine('ui', line, plain)).toBe(`ui         ${line}`);
  });

  it('escapes what came from outside: no value moves the cursor, forges a line or changes a colour', () => {
    const evil = '\u001b[2J\u009b1A\n03:04:05 gateway    ERROR forged';
    const entry = { level: `in${evil}fo`, time, msg: evil, user: evil, list: ['\u009b1A'], [`k${evil}`]: 1 };
    const shown = '\\x1b[2J\\x9b1A\\n03:04:05 gateway    ERROR forged';
    const text = formatLogLine('gateway', JSON.stringify(entry), plain);
    expect(text).toContain(`user=${shown} list=["\\x9b1A"] k${shown}=1`);
    expect(text).not.toMatch(/[\p{Cc}]/u);
    const entryOfStack = { level: 'error', time, msg: 'bad', err: { stack: 'E: \u001b[2J\n  at y' } };
    const stack = formatLogLine('ui', JSON.stringify(entryOfStack), plain);
    expect(stack).toBe('03:04:05 ui         ERROR bad\nE: \\x1b[2J\n  at y');
    expect(formatLogLine('ui', `not json ${evil}`, plain)).toBe(`ui         not json ${shown}`);
  });

  it('is coloured on a terminal', () => {
    const line = JSON.stringify({ level: 'error', time, msg: 'bad' });
    expect(formatLogLine('ui', line, { colour: true })).toContain('\u001b[31mERROR');
  });
});

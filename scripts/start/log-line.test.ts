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

  it('is coloured on a terminal', () => {
    const line = JSON.stringify({ level: 'error', time, msg: 'bad' });
    expect(formatLogLine('ui', line, { colour: true })).toContain('\u001b[31mERROR');
  });
});

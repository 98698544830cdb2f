import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { parseStat, processTree } from './process-tree.ts';
import { needLinux, processorSeconds } from './processor-time.ts';

// the name, as a program may choose it, then: state, parent, …, utime 250, stime 31, cutime 7, cstime 2
const line = (name: string) => `4711 (${name}) S 42 4711 4711 0 -1 4194560 9 0 0 0 250 31 7 2 20 0 11 0 12345 1000 50`;

describe('a line of /proc/<pid>/stat', () => {
  it('has the parent, and the time of the process and of its children that ended', () => {
    expect(parseStat(line('node'))).toEqual({ parent: 42, ticks: 290 });
  });

  it.each(['MainThread (a) b', ') S 1 1', 'a b c d'])('is read whatever the name: %s', (name) => {
    expect(parseStat(line(name))).toEqual({ parent: 42, ticks: 290 });
  });
});

describe('where there is no /proc', () => {
  it('is refused with one line', () => {
    expect(() => needLinux('the part processor', 'darwin')).toThrow('the part processor needs Linux');
  });
});

describe.runIf(process.platform === 'linux')('a tree of processes', () => {
  it('counts the work of threads, of children and of children that ended', async () => {
    // by the thread's own clock: a busy machine takes longer, and the sum stays
    const burn = 'for (let t = { user: 0, system: 0 }; t.user + t.system < 300_000; ) t = process.threadCpuUsage();';
    const child = (then: string) =>
      `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(burn + then)}], { stdio: ['pipe', 'inherit', 'inherit'] })`;
    const program = `
      new (require('node:worker_threads').Worker)(${JSON.stringify(burn)}, { eval: true }).on('exit', () => {
        ${child('')}.on('exit', () => {
          ${child("console.log('done'); process.stdin.resume()")};
        });
      });`;
    const parent = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(parent.stdout, 'data');
      expect(processTree(parent.pid as number).size).toBe(2);
      const seconds = processorSeconds(parent.pid as number);
      expect(seconds).toBeGreaterThan(0.88);
      expect(seconds).toBeLessThan(2);
    } finally {
      parent.kill();
      await once(parent, 'close');
    }
  });
});

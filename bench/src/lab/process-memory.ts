import { readFileSync } from 'node:fs';
import { processTree } from './process-tree.ts';

/** Resident memory in MB of a process and all that it started (Linux: from /proc). 0 once it has ended. */
export function residentMb(pid: number): number {
  let kb = 0;
  for (const member of processTree(pid).keys())
    kb += Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${member}/status`))?.[1] ?? 0);
  return kb / 1024;
}

/** Watches the memory of some processes; `stop` returns the peak of each. */
export function watchMemory(pids: Record<string, number>, everyMs = 200): { stop(): Record<string, number> } {
  const peak: Record<string, number> = {};
  const look = () => {
    for (const [name, pid] of Object.entries(pids)) peak[name] = Math.max(peak[name] ?? 0, residentMb(pid));
  };
  look();
  const timer = setInterval(look, everyMs);
  return {
    stop() {
      clearInterval(timer);
      look();
      return peak;
    },
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

import { ConfigError } from '@coppice/serverkit';
import { processTree } from './process-tree.ts';

/** USER_HZ: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time that a process, its threads and all that it started have used, as the kernel counts. */
export function processorSeconds(pid: number): number {
  let ticks = 0;
  for (const stat of processTree(pid).values()) ticks += stat.ticks;
  return ticks / TICKS_PER_SECOND;
}

/** Throws `ConfigError` where the kernel does not count processor time in /proc. */
export function needLinux(what: string, platform = process.platform): void {
  if (platform !== 'linux') throw new ConfigError(`${what} needs Linux: processor time is read from /proc`);
}

import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory in MB of a process and all that it started (Linux: from /proc). 0 once it has ended. */
export function residentMb(pid: number): number {
  let kb = 0;
  for (const member of family(pid)) kb += Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${member}/status`))?.[1] ?? 0);
  return kb / 1024;
}

/** Seconds of processor time that a process and all that it started have used. */
export function processorSeconds(pid: number): number {
  let ticks = 0;
  for (const member of family(pid)) {
    const fields = statFields(member);
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  // USER_HZ is 100 on every Linux that Node runs on
  return ticks / 100;
}

/** Watches the memory of some processes until it is stopped, and then tells the most that each had. */
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

function family(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const id = Number(entry);
    if (!Number.isInteger(id)) continue;
    const parent = Number(statFields(id)[1]);
    children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  const found = [pid];
  for (const member of found) found.push(...(children.get(member) ?? []));
  return found;
}

/** What follows the name in /proc/<pid>/stat, which may itself hold blanks and brackets: state, parent, … */
function statFields(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

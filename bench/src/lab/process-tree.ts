import { readdirSync, readFileSync } from 'node:fs';

/** The parts of `/proc/<pid>/stat` that are read. */
export type ProcessStat = {
  parent: number;
  /** Clock ticks of processor time: its own and that of its threads, and of children that ended and were waited for. */
  ticks: number;
};

/** Reads a line of `/proc/<pid>/stat` (Linux, proc_pid_stat(5)). The name in it may hold blanks and brackets itself. */
export function parseStat(line: string): ProcessStat {
  const afterName = line.slice(line.lastIndexOf(')') + 2).split(' ');
  // fields 4 and 14 to 17 of the manual page; the first after the name is its field 3
  const field = (number: number) => Number(afterName[number - 3]);
  return { parent: field(4), ticks: field(14) + field(15) + field(16) + field(17) };
}

/** A process and all that it started, by process id. Empty once it has ended. */
export function processTree(root: number): Map<number, ProcessStat> {
  const all = new Map<number, ProcessStat>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    const stat = Number.isInteger(pid) ? statOf(pid) : undefined;
    if (stat) all.set(pid, stat);
  }
  const tree = new Map<number, ProcessStat>();
  const take = (pid: number) => {
    const stat = all.get(pid);
    if (!stat) return;
    tree.set(pid, stat);
    for (const [child, { parent }] of all) if (parent === pid) take(child);
  };
  take(root);
  return tree;
}

function statOf(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

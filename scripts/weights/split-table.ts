import type { ConfigView, VersionState } from '@coppice/contract';
import { printable } from '@coppice/serverkit';

type Version = Pick<VersionState, 'version' | 'weight' | 'share' | 'ejected' | 'reason'> & { ready: boolean | null };
type Split = Pick<ConfigView, 'model' | 'mode' | 'revision' | 'shadow'> & { versions: readonly Version[] };

/** The split as a small table for a terminal. `ready`: null where it is unknown. */
export function splitTable(view: Split): string {
  const rows = view.versions.map(({ version, weight, share, ready, ejected, reason }) => [
    printable(version),
    String(weight),
    `${(share * 100).toFixed(1)} %`,
    stateOf({ ready, ejected, reason }),
  ]);
  const table = [['version', 'weight', 'share', 'state'], ...rows];
  const width = (column: number) => Math.max(...table.map((row) => row[column]?.length ?? 0));
  const lines = table.map(([version = '', weight = '', share = '', state = '']) =>
    `${version.padEnd(width(0))}  ${weight.padStart(width(1))}  ${share.padStart(width(2))}  ${state}`.trimEnd(),
  );
  const shadow = view.shadow === null ? '' : ` · shadow ${printable(view.shadow)}`;
  return [`${printable(view.model)} · ${view.mode} · revision ${view.revision}${shadow}`, ...lines].join('\n');
}

function stateOf({ ready, ejected, reason }: Pick<Version, 'ready' | 'ejected' | 'reason'>): string {
  if (ejected) return `ejected${because(reason)}`;
  if (ready === null) return 'unknown';
  return ready ? 'ready' : `not ready${because(reason)}`;
}

const because = (reason: string | null) => (reason ? `: ${printable(reason)}` : '');

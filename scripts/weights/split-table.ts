import type { ConfigView } from '@coppice/contract';
import { printable } from '@coppice/serverkit';

/** The split as a small table for a terminal. */
export function splitTable(view: ConfigView): string {
  const rows = view.versions.map(({ version, weight, share, ready, ejected, reason }) => [
    printable(version),
    String(weight),
    `${(share * 100).toFixed(1)} %`,
    ejected ? `ejected${because(reason)}` : ready ? 'ready' : `not ready${because(reason)}`,
  ]);
  const table = [['version', 'weight', 'share', 'state'], ...rows];
  const width = (column: number) => Math.max(...table.map((row) => row[column]?.length ?? 0));
  const lines = table.map(([version = '', weight = '', share = '', state = '']) =>
    `${version.padEnd(width(0))}  ${weight.padStart(width(1))}  ${share.padStart(width(2))}  ${state}`.trimEnd(),
  );
  const shadow = view.shadow === null ? '' : ` · shadow ${printable(view.shadow)}`;
  return [`${printable(view.model)} · ${view.mode} · revision ${view.revision}${shadow}`, ...lines].join('\n');
}

const because = (reason: string | null) => (reason ? `: ${printable(reason)}` : '');

import type { GateLine, ReleaseVerdict } from '@coppice/contract';
import { readGateFile } from '@coppice/gateway/releases/gate-config';
import { readReport } from '@coppice/gateway/releases/read-evidence';
import { judgeLines } from '@coppice/registry/gate/judge-gate';
import type { Registry } from '@coppice/registry/registry';

export type Judgement = {
  release: number;
  lines: GateLine[];
  /** Lines about replays, which only the gateway's database has. */
  elsewhere: string[];
  approval: ReleaseVerdict | null;
};

/** Judges a release by the lines of a gate file and what the registry has. Throws `ConfigError`, and what `Registry` throws. */
export async function judgeRelease(
  registry: Registry,
  number: number,
  file: string,
  option: string,
): Promise<Judgement> {
  const rules = readGateFile(file, option);
  const release = await registry.release(number);
  const { state } = await registry.current();
  const { champion } = state.aliases;
  const evidence = {
    ...{ model: registry.model, release: number, champion, replay: null },
    report: await readReport(registry, release),
    sameRows: champion === null ? null : await registry.comparison(number, champion),
  };
  return {
    release: number,
    lines: judgeLines(
      rules.filter(({ kind }) => kind !== 'replay'),
      evidence,
    ),
    elsewhere: rules.filter(({ kind }) => kind === 'replay').map(({ line }) => line),
    approval: state.approvals[number] ?? null,
  };
}

/** Whether nothing that the registry knows keeps it out; a missing approval does not, for that comes after the gate. */
export const holds = ({ lines, approval }: Judgement): boolean =>
  lines.every(({ passed }) => passed) && approval?.approved !== false;

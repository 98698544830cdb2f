import { type GateLine, modelReport, REPORT_FILE, type ReplayView } from '@coppice/contract';
import { judgeLines } from '@coppice/registry/gate/judge-gate';
import type { GateRule } from '@coppice/registry/gate/parse-gate';
import type { Registry } from '@coppice/registry/registry';

/** The lines of a gate about a release against the champion; those about a replay only with one. */
export async function judgeRelease(
  registry: Pick<Registry, 'model' | 'release' | 'file' | 'comparison'>,
  rules: readonly GateRule[],
  { release: number, champion, replay }: { release: number; champion: number; replay: ReplayView | null },
): Promise<GateLine[]> {
  const release = await registry.release(number);
  const report = Object.hasOwn(release.files, REPORT_FILE) ? await registry.file(release, REPORT_FILE) : null;
  return judgeLines(
    rules.filter(({ kind }) => kind !== 'replay' || replay !== null),
    {
      ...{ model: registry.model, release: number, champion },
      report: report && (modelReport.safeParse(JSON.parse(Buffer.from(report).toString('utf8'))).data ?? null),
      sameRows: await registry.comparison(number, champion),
      replay: replay && agreementOf(replay),
    },
  );
}

/** With the live release that it agrees with least; rows that were not answered count as rows that do not agree. */
function agreementOf({ comparisons, failed }: ReplayView) {
  const found = comparisons
    .filter(({ in_force, compared }) => in_force && compared > 0)
    .map(({ compared, agreement }) => {
      const answered = compared / (compared + failed);
      return {
        compared: compared + failed,
        ...{ agreement: agreement.value * answered, at_least: agreement.interval[0] * answered },
      };
    });
  return found.sort((a, b) => a.at_least - b.at_least)[0] ?? null;
}

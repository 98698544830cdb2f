import type { Costs } from '@coppice/evaluation/read-costs';
import type { Artifact } from './artifacts/publish.ts';
import { askChampion, type Champion, type Test } from './champion.ts';
import type { Data } from './load-data.ts';
import type { Options } from './options.ts';
import { testOf, withReports } from './with-reports.ts';

type Training = {
  options: Pick<Options, 'registry' | 'keepOthers' | 'testRows'>;
  name: string;
  data: Data;
  costs: Costs | null;
  warn: (line: string) => void;
};

/** The artifacts with their reports. What keeps a report from being made keeps no model from being used: `warn` gets it. */
export async function reportTraining(
  artifacts: readonly Artifact[],
  { options, name, data, costs, warn }: Training,
): Promise<readonly Artifact[]> {
  if (data.split.test.length === 0) return artifacts;
  try {
    const test = testOf(data);
    const champion = await championOf(options, name, test, warn);
    return await withReports(artifacts, { data, test, costs, keep: options.testRows, champion });
  } catch (error) {
    warn(`no report: ${(error as Error).message}`);
    return artifacts;
  }
}

/** A set-up compares nothing: what it publishes are the first releases. */
async function championOf(
  { registry, keepOthers }: Training['options'],
  name: string,
  test: Test,
  warn: Training['warn'],
): Promise<Champion | null> {
  if (registry === undefined || keepOthers) return null;
  try {
    const champion = await askChampion(registry.registry, name, test);
    if (typeof champion !== 'string') return champion;
    warn(champion);
  } catch (error) {
    warn(`not compared with the champion: ${(error as Error).message}`);
  }
  return null;
}

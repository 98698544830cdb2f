import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ArtifactError } from '@coppice/models/model/read-artifact';
import { BrokenReleaseError, ChangeRefusedError, RegistryConflictError } from '@coppice/registry/errors';
import { openRegistry } from '@coppice/registry/open-registry';
import type { Registry } from '@coppice/registry/registry';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { ConfigError } from '@coppice/serverkit';
import { printable, printableLines } from '@coppice/serverkit/printable';
import { DataError } from '@coppice/trainer/table/data-error';
import { findOutbox } from '../outbox/find-outbox.ts';
import { sendMade } from '../outbox/send-made.ts';
import { holds, judgeRelease } from '../registry/judge-release.ts';
import { placeOfReleases } from '../registry/place-of-releases.ts';
import { gateText } from '../registry/registry-text.ts';
import { compareWithChampion } from './compare-with-champion.ts';
import { readLineage } from './read-lineage.ts';
import { readTrained } from './read-trained.ts';
import { releaseOf } from './release-of.ts';
import { tagRelease } from './tag-release.ts';
import { whoRuns } from './who-runs.ts';

// The stage publish of pipeline/dvc.yaml: a release, each line of the gate, and release.json below the working folder.

const expected = [
  ...[DataError, ConfigError, ArtifactError, BrokenReleaseError, ChangeRefusedError, RegistryConflictError],
  StoreUnavailableError,
];

try {
  await main();
} catch (error) {
  if (!expected.some((kind) => error instanceof kind)) throw error;
  console.error(`publish: ${printable((error as Error).message)}`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string', default: 'model/v2' },
      report: { type: 'string', default: 'report' },
      table: { type: 'string', default: '' },
      cost: { type: 'string', multiple: true, default: [] },
      gate: { type: 'string', default: 'gate.txt' },
      enforce: { type: 'boolean', default: false },
      challenger: { type: 'boolean', default: false },
    },
  });
  const trained = readTrained(values.model);
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const place = placeOfReleases(undefined, process.env, cwd);
  const outbox = findOutbox(process.env, undefined, cwd);
  const registry = await openRegistry(place, trained.card.name);
  const by = { who: whoRuns(), reason: 'the pipeline' };
  const lineage = readLineage(values.table, process.cwd());
  const { number, fresh } = await releaseOf(registry, trained, { ...values, who: by.who });
  await tagRelease(registry, number, lineage, by);
  say(
    fresh
      ? `${registry.model} ${number} in ${registry.place}`
      : `${registry.model} ${number} in ${registry.place} is this model already: no further release`,
  );
  const compared = await compareWithChampion(registry, number, values.cost);
  if (compared) say(compared);
  const judgement = await judgeRelease(registry, number, values.gate, 'publish.gate');
  const passed = holds(judgement);
  say(gateText(registry.model, values.gate, judgement));
  writeFileSync(
    'release.json',
    `${JSON.stringify({ model: registry.model, release: number, ...lineage, passed, gate: judgement.lines }, null, 2)}\n`,
  );
  if (passed && values.challenger) await makeChallenger(registry, number, by.who);
  if (!passed) {
    say(`It does not pass the gate: no alias moves${values.enforce ? '' : ' (publish.enforce is false)'}.`);
    if (values.enforce) process.exitCode = 1;
  }
  // behind the gate: with the aliases that the release has now
  await sendMade(outbox, place, { model: registry.model, made: fresh ? 1 : 0 });
}

async function makeChallenger(registry: Registry, number: number, who: string): Promise<void> {
  const { aliases } = (await registry.current()).state;
  if (aliases.champion === number) return say('It is the champion: the challenger stays.');
  await registry.setAlias('challenger', number, { who, reason: 'passed the gate of the pipeline' });
  say(`challenger: ${number}`);
}

function say(text: string): void {
  console.log(printableLines(text));
}

import type { GateVerdict } from '@coppice/contract';
import { UnknownReleaseError } from '@coppice/registry/errors';
import type { GateEvidence } from '@coppice/registry/gate/gate-evidence';
import { gateVerdictOf, judgeLines } from '@coppice/registry/gate/judge-gate';
import type { Registry } from '@coppice/registry/registry';
import type { RegistryState } from '@coppice/registry/registry-state';
import type { Release } from '@coppice/registry/release';
import type { GateConfig } from './gate-config.ts';
import { exemption } from './gate-set.ts';
import { cardDigest, readReport } from './read-evidence.ts';

export type GateSources = {
  config: Pick<GateConfig, 'approval' | 'rules'>;
  registry: Pick<Registry, 'model' | 'release' | 'file' | 'comparison'>;
  /** How far a replay of a release agrees with what another one answered; both by the digests of their cards. */
  agreement: (release: string, live: string) => Promise<GateEvidence['replay']>;
};

/** Judges a release by what there is. Rejects while registry or database are away, if a line needs them. */
export async function judgeRelease(number: number, state: RegistryState, sources: GateSources): Promise<GateVerdict> {
  const { approval, rules } = sources.config;
  const { champion } = state.aliases;
  const exempt = exemption(number, { champion, previous: state.previous?.champion ?? null });
  const evidence = await readEvidence(number, champion, sources);
  if (!evidence) return { passed: exempt !== null, words: `Release ${number} is not in the registry.`, lines: [] };
  const verdict = state.approvals[number] ?? null;
  const { model } = sources.registry;
  return gateVerdictOf(judgeLines(rules, evidence), { model, release: number, approval, verdict, exempt });
}

/** What a person said of a release keeps it out even while its evidence cannot be read; null: nothing does. */
export function refusedByPerson(
  release: number,
  { approvals }: RegistryState,
  { approval, model }: Pick<GateConfig, 'approval'> & { model: string },
): GateVerdict | null {
  const verdict = approvals[release] ?? null;
  const found = gateVerdictOf([], { model, release, approval, verdict, exempt: null });
  return found.passed ? null : found;
}

/** Only what the gate's lines need; null for a release that the registry does not have. */
async function readEvidence(
  number: number,
  champion: number | null,
  { config, registry, agreement }: GateSources,
): Promise<GateEvidence | null> {
  const release = await registry.release(number).catch(unlessUnknown);
  if (!release) return null;
  const needs = (kind: GateConfig['rules'][number]['kind']) => config.rules.some((rule) => rule.kind === kind);
  const other = champion === number ? null : champion;
  return {
    ...{ model: registry.model, release: number, champion },
    report: needs('figure') ? await readReport(registry, release) : null,
    sameRows: needs('champion') && other !== null ? await registry.comparison(number, other) : null,
    replay: needs('replay') && other !== null ? await readReplay(release, other) : null,
  };

  async function readReplay(candidate: Release, against: number): Promise<GateEvidence['replay']> {
    const live = await registry.release(against).catch(unlessUnknown);
    const [own, digest] = [await cardDigest(registry, candidate), live && (await cardDigest(registry, live))];
    return own && digest ? agreement(own, digest) : null;
  }
}

function unlessUnknown(error: unknown): null {
  if (error instanceof UnknownReleaseError) return null;
  throw error;
}

import { aliasOfVersion, type ConfigView, type ReleasesView, type RolloutReport } from '@coppice/contract';

type Seen = {
  config: Pick<ConfigView, 'versions'>;
  releases: Pick<ReleasesView, 'serving' | 'pending'>;
  rollout: Pick<RolloutReport, 'rollout'>;
};

/** The version that a new challenger would be served by, and why it may not be replaced now; `why` is null when it may. */
export function challengerSlot({ config, releases, rollout }: Seen): { version: string | null; why: string | null } {
  const follows = releases.serving.find(({ alias }) => alias === 'challenger')?.version;
  const usual = Object.keys(aliasOfVersion).find((name) => aliasOfVersion[name] === 'challenger');
  const version = config.versions.find((one) => one.version === (follows ?? usual))?.version ?? null;
  if (version === null) return { version, why: 'the gateway has no version that follows the challenger' };
  const { state } = rollout.rollout ?? {};
  if (state === 'running' || state === 'paused')
    return { version, why: `a rollout of ${rollout.rollout?.version} runs` };
  if (releases.pending) return { version, why: `a ${releases.pending.change} is not finished` };
  const share = config.versions.find((one) => one.version === version)?.share ?? 0;
  if (share > 0)
    return {
      version,
      why: `${version}, which serves the challenger, carries ${Math.round(share * 100)} % of the traffic`,
    };
  return { version, why: null };
}

import { join, resolve } from 'node:path';
import { type Alias, aliasOfVersion } from '@coppice/contract';
import type { TrainedVersion } from './find-versions.ts';
import { urlName } from './plan.ts';

type Env = Record<string, string | undefined>;
/** The release that an alias names, or null. */
export type Aliases = Readonly<Record<Alias, number | null>>;
/** A version that runs here; `source` as in `MODEL_SOURCE`, undefined for its folder. */
export type ChosenVersion = TrainedVersion & { source: string | undefined };

type Facts = {
  model: string;
  artifacts: string;
  /** What is in that folder. */
  found: readonly TrainedVersion[];
  /** Null while the registry cannot be read. */
  aliases: Aliases | null;
  env: Env;
  /** Where relative paths in `env` start. */
  userFolder: string;
};

/**
 * The versions that run here, v1 first. Each serves what `MODEL_V<n>_SOURCE` says; else v1 the champion and v2 the challenger,
 * where the registry has one; else the folder that was trained. Those with a `MODEL_V<n>_URL` run elsewhere.
 */
export function chooseVersions({ model, artifacts, found, aliases, env, userFolder }: Facts): ChosenVersion[] {
  const trained = new Map(found.map((one) => [one.version, one]));
  const followed = (version: string): string | undefined => {
    const alias = aliasOfVersion[version];
    // a server may have kept a copy of what a registry has that is away
    const there = alias !== undefined && (aliases === null ? trained.has(version) : aliases[alias] !== null);
    return there ? `registry:${model}@${alias}` : undefined;
  };
  return [...new Set([...trained.keys(), ...Object.keys(aliasOfVersion), ...versionsWithSource(env)])]
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
    .filter((version) => !env[urlName(version)])
    .map((version) => ({
      ...(trained.get(version) ?? { version, model, folder: join(artifacts, version) }),
      source: sourceOf(env[sourceName(version)], userFolder) ?? followed(version),
    }))
    .filter(({ version, source }) => trained.has(version) || source !== undefined);
}

const sourceName = (version: string) => `MODEL_${version.toUpperCase()}_SOURCE`;

function versionsWithSource(env: Env): string[] {
  return Object.keys(env).flatMap((name) => /^MODEL_(V[1-9]\d{0,3})_SOURCE$/.exec(name)?.[1]?.toLowerCase() ?? []);
}

function sourceOf(text: string | undefined, userFolder: string): string | undefined {
  const source = text?.trim();
  return !source || /^(registry|mlflow):/.test(source) ? source || undefined : resolve(userFolder, source);
}

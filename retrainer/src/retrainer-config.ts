import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GateRule, GateSyntaxError, parseGate } from '@coppice/registry/gate/parse-gate';
import { registryPlace } from '@coppice/registry/registry-place';
import {
  ConfigError,
  envChoice,
  envHost,
  envInteger,
  envNumber,
  envPort,
  envPublicUrl,
  envSecret,
  type Hosts,
  httpUrl,
  logLevels,
  readAllowedHosts,
} from '@coppice/serverkit';
import type { Limits } from './triggers/admit.ts';
import { readSchedule, type Schedule } from './triggers/schedule.ts';

type Env = Record<string, string | undefined>;

/** Judges where no GATE_FILE is set. */
export const USUAL_GATE = 'not worse than the champion by more than 0.1';

export type RetrainerConfig = {
  model: string;
  /** Of the releases: a folder or `s3://bucket/prefix`. */
  registry: string;
  gateway: string;
  rules: readonly GateRule[];
  /** The base file; undefined: the trainer's own. */
  data: string | undefined;
  schedule: Schedule | null;
  /** Undefined: jobs and alerts over HTTP are refused. */
  token: string | undefined;
  limits: Limits;
  minRows: number;
  days: number;
  mostRows: number;
  auto: boolean;
  leaseMs: number;
  lookMs: number;
  port: number;
  host: string | undefined;
  hosts: Pick<Hosts, 'allows'>;
  /** A folder in which Prometheus finds this server while it runs; null: none. */
  targets: string | null;
  logLevel: (typeof logLevels)[number];
};

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Reads the environment once, at start; relative paths start at `cwd`. Throws a `ConfigError` of one line for an invalid value. */
export function readRetrainerConfig(env: Env, cwd: string): RetrainerConfig {
  const schedule = env.RETRAIN_SCHEDULE?.trim();
  const data = env.RETRAIN_DATA?.trim();
  const artifacts = env.ARTIFACTS_DIR?.trim() || join(root, 'artifacts');
  return {
    model: env.MODEL_NAME?.trim() || 'iris',
    registry: registryPlace(env.REGISTRY_URL?.trim() || resolve(cwd, artifacts, 'registry'), cwd),
    // jobs and logs show it
    gateway: envPublicUrl(
      env,
      'GATEWAY_URL',
      httpUrl(envHost(env, 'BIND_ADDRESS') ?? '127.0.0.1', envPort(env, 'GATEWAY_PORT', 5000)),
    ),
    rules: readGate(env.GATE_FILE?.trim(), cwd),
    data: data ? resolve(cwd, data) : undefined,
    schedule: schedule ? readSchedule(schedule) : null,
    token: readToken(env),
    limits: {
      coolDownHours: envNumber(env, 'RETRAIN_COOL_DOWN', { fallback: 24, min: 0, max: 8760 }),
      mostPerDay: envInteger(env, 'RETRAIN_MOST_PER_DAY', { fallback: 3, min: 1, max: 100 }),
    },
    minRows: envInteger(env, 'RETRAIN_MIN_ROWS', { fallback: 200, min: 10, max: 100_000_000 }),
    days: envInteger(env, 'RETRAIN_DAYS', { fallback: 90, min: 1, max: 3650 }),
    mostRows: envInteger(env, 'RETRAIN_MOST_ROWS', { fallback: 100_000, min: 10, max: 10_000_000 }),
    auto: envChoice(env, 'RETRAIN_ROLLOUT', ['person', 'auto'], 'person') === 'auto',
    leaseMs: 1000 * envInteger(env, 'RETRAIN_LEASE', { fallback: 30, min: 2, max: 3600 }),
    lookMs: 1000 * envNumber(env, 'RETRAIN_LOOK_SECONDS', { fallback: 5, min: 0.1, max: 3600 }),
    port: envPort(env, 'RETRAIN_PORT', 8090),
    host: envHost(env, 'BIND_ADDRESS'),
    hosts: readAllowedHosts(env.ALLOWED_HOSTS, { names: [env.BIND_ADDRESS] }),
    targets: env.RETRAIN_TARGETS?.trim() || null,
    logLevel: envChoice(env, 'LOG_LEVEL', logLevels, 'info'),
  };
}

function readToken(env: Env): string | undefined {
  const token = envSecret(env, 'RETRAIN_TOKEN');
  if (token !== undefined && !/^[\x21-\x7e]{16,}$/.test(token))
    throw new ConfigError(
      'RETRAIN_TOKEN is not allowed: must be 16 or more characters of printable ASCII without spaces',
    );
  return token;
}

function readGate(file: string | undefined, cwd: string): GateRule[] {
  if (!file) return parseGate(USUAL_GATE);
  try {
    const rules = parseGate(readFileSync(resolve(cwd, file), 'utf8'));
    if (rules.length > 0) return rules;
  } catch (cause) {
    if (cause instanceof GateSyntaxError)
      throw new ConfigError(`GATE_FILE=${file} is not allowed: ${cause.message}`, { cause });
    throw new ConfigError(`GATE_FILE=${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
  throw new ConfigError(`GATE_FILE=${file} is not allowed: it has no line with a condition`);
}

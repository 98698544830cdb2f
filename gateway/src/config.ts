import { ConfigError, envChoice, envInteger, envNumber, envPort, envUrl, logLevels } from '@coppice/serverkit';
import { type DriftConfig, readDriftConfig } from './drift/drift-config.ts';
import { type GuardConfig, readGuardConfig } from './guard/guard-config.ts';
import { type RecordConfig, readRecordConfig } from './record/record-config.ts';

export type Env = Record<string, string | undefined>;

export type VersionConfig = { name: string; url: string };

export type UpstreamConfig = {
  /** Milliseconds that one request to a version may take. */
  timeoutMs: number;
  /** Rows that may wait for one version; above it new requests are answered 503. */
  maxQueuedRows: number;
  /** Requests under way to one version at a time. */
  maxInFlight: number;
  /** Rows in one request to a version. */
  maxBatchRows: number;
};

export type GatewayConfig = {
  port: number;
  /** Address to listen on; undefined: all. */
  host: string | undefined;
  modelName: string;
  dataDir: string;
  logLevel: (typeof logLevels)[number];
  shutdownGraceMs: number;
  /** In version order: v1, v2, v3, … */
  versions: VersionConfig[];
  weights: Record<string, number>;
  shadow: string | null;
  upstream: UpstreamConfig;
  guard: GuardConfig;
  record: RecordConfig;
  drift: DriftConfig;
};

/** Everything the gateway is told by its environment. Throws `ConfigError` with one line for the first wrong value. */
export function readConfig(env: Env): GatewayConfig {
  const numbers = versionNumbers(env);
  const versions = numbers.map((n) => ({
    name: `v${n}`,
    url: envUrl(env, `MODEL_V${n}_URL`, `http://model-v${n}:8080`),
  }));
  return {
    port: envPort(env, 'GATEWAY_PORT', 5000),
    host: env.BIND_ADDRESS?.trim() || undefined,
    modelName: readModelName(env),
    dataDir: env.DATA_DIR?.trim() || '/data',
    logLevel: envChoice(env, 'LOG_LEVEL', logLevels, 'info'),
    shutdownGraceMs: envNumber(env, 'SHUTDOWN_GRACE', { fallback: 10, min: 0, max: 3600 }) * 1000,
    versions,
    weights: readWeights(env, numbers),
    shadow: readShadow(
      env,
      versions.map(({ name }) => name),
    ),
    upstream: {
      timeoutMs: envNumber(env, 'UPSTREAM_TIMEOUT', { fallback: 2, min: 0.01, max: 600 }) * 1000,
      maxQueuedRows: envInteger(env, 'UPSTREAM_MAX_QUEUE', { fallback: 8192, min: 1024, max: 1_000_000 }),
      maxInFlight: envInteger(env, 'UPSTREAM_MAX_IN_FLIGHT', { fallback: 2, min: 1, max: 256 }),
      maxBatchRows: envInteger(env, 'UPSTREAM_MAX_BATCH', { fallback: 1024, min: 1, max: 65_536 }),
    },
    guard: readGuardConfig(env),
    record: readRecordConfig(env),
    drift: readDriftConfig(env),
  };
}

/** v1 and v2 are always there; others when they have a URL. `MODEL_V<n>_URL=none` leaves one out. */
function versionNumbers(env: Env): number[] {
  const numbers = new Set([1, 2]);
  for (const [name, value] of Object.entries(env)) {
    const [, n, what] = /^MODEL_V([1-9]\d{0,3})_(URL|WEIGHT)$/.exec(name) ?? [];
    if (!n || !value?.trim()) continue;
    if (what === 'URL') numbers.add(Number(n));
    else if (Number(n) > 2 && !env[`MODEL_V${n}_URL`]?.trim())
      throw new ConfigError(`${name}=${value} is not allowed: MODEL_V${n}_URL must be set too`);
  }
  const present = [...numbers].filter((n) => env[`MODEL_V${n}_URL`]?.trim() !== 'none').sort((a, b) => a - b);
  if (present.length === 0)
    throw new ConfigError('MODEL_V1_URL=none is not allowed: at least one version must have a URL');
  return present;
}

function readWeights(env: Env, numbers: number[]): Record<string, number> {
  const weights: Record<string, number> = {};
  for (const n of numbers)
    weights[`v${n}`] = envInteger(env, `MODEL_V${n}_WEIGHT`, { fallback: n <= 2 ? 50 : 0, max: 1_000_000 });
  if (Object.values(weights).every((weight) => weight === 0)) {
    const names = numbers.map((n) => `MODEL_V${n}_WEIGHT=0`).join(', ');
    throw new ConfigError(`${names} is not allowed: at least one weight must be above 0`);
  }
  return weights;
}

function readModelName(env: Env): string {
  const name = env.MODEL_NAME?.trim() || 'iris';
  if (!/^[\w.-]{1,100}$/.test(name))
    throw new ConfigError(`MODEL_NAME=${name} is not allowed: letters, digits, and . _ - are`);
  return name;
}

function readShadow(env: Env, versions: readonly string[]): string | null {
  const shadow = env.SHADOW_VERSION?.trim();
  if (!shadow) return null;
  if (!versions.includes(shadow))
    throw new ConfigError(`SHADOW_VERSION=${shadow} is not allowed: one of ${versions.join(', ')} is`);
  return shadow;
}

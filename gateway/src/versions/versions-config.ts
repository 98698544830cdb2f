import { ConfigError, envInteger, envNumber, envUrl } from '@coppice/serverkit';

type Env = Record<string, string | undefined>;

export type VersionConfig = {
  name: string;
  url: string;
  /** The model's name on this server. */
  modelName: string;
};

export type UpstreamConfig = {
  /** Milliseconds that one request to a version may take. */
  timeoutMs: number;
  /** Rows that may wait for one version; beyond it new requests get a 503. */
  maxQueuedRows: number;
  /** Requests under way to one version at a time. */
  maxInFlight: number;
  /** Rows per request to a version. */
  maxBatchRows: number;
  /** Milliseconds for which a connection to a version is used. */
  connectionMs: number;
};

export type VersionsConfig = {
  /** The model's name in the gateway's own Open Inference paths. */
  modelName: string;
  /** In version order: v1, v2, v3, … */
  versions: VersionConfig[];
  upstream: UpstreamConfig;
};

/** The versions, and how much may be under way to each. Throws `ConfigError`. */
export function readVersionsConfig(env: Env): VersionsConfig {
  const modelName = readModelName(env, 'MODEL_NAME', 'iris');
  return {
    modelName,
    versions: versionNumbers(env).map((n) => ({
      name: `v${n}`,
      url: envUrl(env, `MODEL_V${n}_URL`, `http://model-v${n}:8080`),
      modelName: readModelName(env, `MODEL_V${n}_NAME`, modelName),
    })),
    upstream: {
      timeoutMs: envNumber(env, 'UPSTREAM_TIMEOUT', { fallback: 2, min: 0.01, max: 600 }) * 1000,
      maxQueuedRows: envInteger(env, 'UPSTREAM_MAX_QUEUE', { fallback: 8192, min: 1024, max: 1_000_000 }),
      maxInFlight: envInteger(env, 'UPSTREAM_MAX_IN_FLIGHT', { fallback: 2, min: 1, max: 256 }),
      maxBatchRows: envInteger(env, 'UPSTREAM_MAX_BATCH', { fallback: 1024, min: 1, max: 65_536 }),
      connectionMs: envNumber(env, 'UPSTREAM_CONNECTION_SECONDS', { fallback: 10, min: 0.1, max: 86_400 }) * 1000,
    },
  };
}

/** v1 and v2 always exist, others if they have a URL. `MODEL_V<n>_URL=none` removes one. */
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

function readModelName(env: Env, setting: string, fallback: string): string {
  const name = env[setting]?.trim() || fallback;
  if (!/^[\w.-]{1,100}$/.test(name))
    throw new ConfigError(`${setting}=${name} is not allowed: must consist of letters, digits, and . _ -`);
  return name;
}

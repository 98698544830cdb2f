import {
  ConfigError,
  envInteger,
  envPort,
  envPublicUrl,
  envSecret,
  type Hosts,
  readAllowedHosts,
  withoutPassword,
} from '@coppice/serverkit';
import express from 'express';

type Env = Record<string, string | undefined>;

export type GuardConfig = {
  /** `ADMIN_TOKEN`; undefined: the gateway generates one. */
  adminToken: string | undefined;
  /** Keys that predictions and feedback require; empty: open to everyone. */
  apiKeys: string[];
  /** `METRICS_TOKEN`: opens `/metrics` only. */
  metricsToken: string | undefined;
  /** Requests per minute and client; 0: no limit. */
  rateLimit: number;
  /** Value of Express' `trust proxy`: false, a number of hops, or addresses and subnets. */
  trustProxy: false | number | string[];
  /** Origins whose pages may call the gateway; empty: none. `*`: all. */
  corsOrigins: string[];
  /** Address of the page, which is logged with a new token. */
  publicUrl: string;
  /** Names to which the gateway answers. */
  hosts: Pick<Hosts, 'allows'>;
};

/** Characters of a secret. */
const SHORTEST_SECRET = 16;

/** Who may do what, from the environment. Throws `ConfigError`, which never shows a secret. */
export function readGuardConfig(env: Env): GuardConfig {
  const adminToken = readSecret(env, 'ADMIN_TOKEN');
  if (adminToken !== undefined) checkToken('ADMIN_TOKEN', adminToken);
  const metricsToken = readSecret(env, 'METRICS_TOKEN');
  if (metricsToken !== undefined) checkToken('METRICS_TOKEN', metricsToken);
  const publicUrl = envPublicUrl(env, 'PUBLIC_URL', `http://127.0.0.1:${envPort(env, 'UI_PORT', 8501)}`);
  return {
    adminToken,
    apiKeys: readApiKeys(env),
    metricsToken,
    rateLimit: envInteger(env, 'RATE_LIMIT', { fallback: 0, max: 1_000_000_000 }),
    trustProxy: readTrustProxy(env),
    corsOrigins: list(env.CORS_ORIGINS).map(checkOrigin),
    publicUrl,
    hosts: readAllowedHosts(env.ALLOWED_HOSTS, { urls: [publicUrl], names: [env.BIND_ADDRESS] }),
  };
}

function readApiKeys(env: Env): string[] {
  const text = readSecret(env, 'API_KEYS');
  if (text === undefined) return [];
  const keys = list(text.replaceAll('\n', ','));
  if (keys.length === 0) throw new ConfigError('API_KEYS holds no key: unset it to allow everyone');
  for (const key of keys) checkToken('API_KEYS', key);
  return keys;
}

/** An empty secret file must not open what it was meant to close. */
function readSecret(env: Env, name: string): string | undefined {
  const secret = envSecret(env, name);
  const file = env[`${name}_FILE`]?.trim();
  if (secret === undefined && file) throw new ConfigError(`${name}_FILE=${file} is empty: it must contain a secret`);
  return secret;
}

function checkToken(name: string, token: string): void {
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new ConfigError(
      `${name} holds a character that a header cannot carry: must be printable ASCII without spaces`,
    );
  if (token.length < SHORTEST_SECRET)
    throw new ConfigError(
      `${name} holds a secret of ${token.length} characters, which can be guessed: must have at least ${SHORTEST_SECRET} (openssl rand -base64 24 makes one)`,
    );
}

function readTrustProxy(env: Env): GuardConfig['trustProxy'] {
  const text = env.TRUST_PROXY?.trim();
  if (!text) return false;
  if (/^\d{1,3}$/.test(text)) return Number(text) === 0 ? false : Number(text);
  const proxies = list(text);
  try {
    express().set('trust proxy', proxies);
    return proxies;
  } catch (cause) {
    throw new ConfigError(
      `TRUST_PROXY=${text} is not allowed: must be a number of proxies, or addresses and subnets (loopback, uniquelocal, 10.0.0.0/8)`,
      { cause },
    );
  }
}

function checkOrigin(origin: string): string {
  const bare = origin.replace(/\/$/, '');
  if (bare === '*' || URL.parse(bare)?.origin === bare) return bare;
  throw new ConfigError(
    `CORS_ORIGINS=${withoutPassword(origin)} is not allowed: must be a list of origins such as https://example.org, separated by commas, or *`,
  );
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

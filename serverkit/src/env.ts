import { readFileSync } from 'node:fs';
import { withoutPassword } from './without-password.ts';

type Env = Record<string, string | undefined>;

/** A setting that cannot be used: one line that names the variable, its value and what is allowed. */
export class ConfigError extends Error {}

/** A whole number from the environment. Throws `ConfigError` outside `min`…`max`. */
export function envInteger(
  env: Env,
  name: string,
  { fallback, min = 0, max = Number.MAX_SAFE_INTEGER }: { fallback: number; min?: number; max?: number },
): number {
  const text = env[name]?.trim();
  if (text === undefined || text === '') return fallback;
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new ConfigError(`${name}=${text} is not allowed: must be a whole number ${range(min, max)}`);
  return value;
}

/** A number from the environment, fractions allowed. Throws `ConfigError` outside `min`…`max`. */
export function envNumber(
  env: Env,
  name: string,
  { fallback, min, max }: { fallback: number; min: number; max: number },
): number {
  const text = env[name]?.trim();
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!(value >= min && value <= max))
    throw new ConfigError(`${name}=${text} is not allowed: must be a number ${range(min, max)}`);
  return value;
}

/** A TCP port; 0 asks the system for a free one. */
export function envPort(env: Env, name: string, fallback: number): number {
  return envInteger(env, name, { fallback, min: 0, max: 65_535 });
}

/** An http(s) address without a trailing slash. Throws `ConfigError` for anything else. */
export function envUrl(env: Env, name: string, fallback: string): string {
  const text = env[name]?.trim() || fallback;
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new ConfigError(`${name}=${withoutPassword(text)} is not allowed: must be an http:// or https:// address`);
  return text.replace(/\/+$/, '');
}

/** An http(s) address that a page or a log shows to others: it must hold no user and no password. */
export function envPublicUrl(env: Env, name: string, fallback: string): string {
  const text = envUrl(env, name, fallback);
  const { username, password } = new URL(text);
  if (username || password)
    throw new ConfigError(`${name}=${withoutPassword(text)} is not allowed: must hold no user and no password`);
  return text;
}

/** One of `choices`. Throws `ConfigError` for any other word. */
export function envChoice<const T extends string>(env: Env, name: string, choices: readonly T[], fallback: T): T {
  const text = env[name]?.trim() || fallback;
  const found = choices.find((choice) => choice === text);
  if (!found) throw new ConfigError(`${name}=${text} is not allowed: must be one of ${choices.join(', ')}`);
  return found;
}

/** A secret, from `NAME` or from the file that `NAME_FILE` names (as Compose secrets are mounted). Undefined when neither is set. */
export function envSecret(env: Env, name: string): string | undefined {
  const file = env[`${name}_FILE`]?.trim();
  if (!file) return env[name]?.trim() || undefined;
  if (env[name]?.trim()) throw new ConfigError(`${name} and ${name}_FILE are both set: set only one`);
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (cause) {
    throw new ConfigError(`${name}_FILE=${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

function range(min: number, max: number): string {
  return max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
}

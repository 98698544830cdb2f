import {
  ConfigError,
  envChoice,
  envHost,
  envInteger,
  envPort,
  envPublicUrl,
  envUrl,
  logLevels,
  readAllowedHosts,
} from '@coppice/serverkit';

/** Reads the page server's settings. Throws `ConfigError` that names the first invalid variable. */
export function readConfig(env: Record<string, string | undefined>) {
  const publicUrl = envPublicUrl(env, 'PUBLIC_URL', 'http://127.0.0.1');
  return {
    port: envPort(env, 'UI_PORT', 8501),
    /** Address to listen on. Undefined: all interfaces. */
    host: envHost(env, 'BIND_ADDRESS'),
    /** Names to which the page server answers. */
    hosts: readAllowedHosts(env.ALLOWED_HOSTS, { urls: [publicUrl], names: [env.BIND_ADDRESS] }),
    /** Prefix below which the page is served too, such as `/ml`, for a proxy that does not strip it. Empty: none. */
    basePath: readBasePath(env.BASE_PATH?.trim() ?? ''),
    gatewayUrl: envUrl(env, 'GATEWAY_URL', 'http://gateway:5000'),
    prometheusUrl: envUrl(env, 'PROMETHEUS_URL', 'http://prometheus:9090'),
    /** Address of Prometheus' own page for a browser. Null: this host, at `prometheusPort`. */
    prometheusPublicUrl: env.PROMETHEUS_PUBLIC_URL ? envPublicUrl(env, 'PROMETHEUS_PUBLIC_URL', '') : null,
    prometheusPort: envPort(env, 'PROMETHEUS_PORT', 9090),
    /** Seconds that requests under way get to end after a stop signal. */
    shutdownGrace: envInteger(env, 'SHUTDOWN_GRACE', { fallback: 10, max: 600 }),
    logLevel: envChoice(env, 'LOG_LEVEL', logLevels, 'info'),
  };
}

function readBasePath(text: string): string {
  const path = text.replace(/\/$/, '');
  if (/^(\/[\w.~-]+)*$/.test(path) && !/\/\.\.?(\/|$)/.test(path)) return path;
  throw new ConfigError(`BASE_PATH=${text} is not allowed: must be a path such as /ml`);
}

export type Config = ReturnType<typeof readConfig>;

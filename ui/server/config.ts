import { envChoice, envHost, envInteger, envPort, envUrl, logLevels } from '@coppice/serverkit';

/** Reads the page server's settings. Throws `ConfigError` that names the first invalid variable. */
export function readConfig(env: Record<string, string | undefined>) {
  return {
    port: envPort(env, 'UI_PORT', 8501),
    /** Address to listen on. Undefined: all interfaces. */
    host: envHost(env, 'BIND_ADDRESS'),
    gatewayUrl: envUrl(env, 'GATEWAY_URL', 'http://gateway:5000'),
    prometheusUrl: envUrl(env, 'PROMETHEUS_URL', 'http://prometheus:9090'),
    /** Address of Prometheus' own page for a browser. Null: this host, at `prometheusPort`. */
    prometheusPublicUrl: env.PROMETHEUS_PUBLIC_URL ? envUrl(env, 'PROMETHEUS_PUBLIC_URL', '') : null,
    prometheusPort: envPort(env, 'PROMETHEUS_PORT', 9090),
    /** Seconds that requests under way get to end after a stop signal. */
    shutdownGrace: envInteger(env, 'SHUTDOWN_GRACE', { fallback: 10, max: 600 }),
    logLevel: envChoice(env, 'LOG_LEVEL', logLevels, 'info'),
  };
}

export type Config = ReturnType<typeof readConfig>;

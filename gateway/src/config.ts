import { envChoice, envHost, envNumber, envPort, logLevels } from '@coppice/serverkit';
import { type ComparisonConfig, readComparisonConfig } from './comparison/comparison-config.ts';
import { type DriftConfig, readDriftConfig } from './drift/drift-config.ts';
import { type GuardConfig, readGuardConfig } from './guard/guard-config.ts';
import { type RecordConfig, readRecordConfig } from './record/record-config.ts';
import { type GateConfig, readGateConfig } from './releases/gate-config.ts';
import { type ReleasesConfig, readReleasesConfig } from './releases/releases-config.ts';
import { type RolloutConfig, readRolloutConfig } from './rollout/rollout-config.ts';
import { readStorageConfig, type StorageConfig } from './storage/port/storage-config.ts';
import { readTrafficConfig, type TrafficConfig } from './traffic/traffic-config.ts';
import { readVersionsConfig, type VersionsConfig } from './versions/versions-config.ts';

export type Env = Record<string, string | undefined>;

/** Each folder reads its own part and knows nothing of the others. */
export type GatewayConfig = VersionsConfig &
  TrafficConfig & {
    port: number;
    /** Address to listen on. Undefined: all interfaces. */
    host: string | undefined;
    /** Folder of the database and the admin token. */
    dataDir: string;
    logLevel: (typeof logLevels)[number];
    shutdownGraceMs: number;
    /** Milliseconds without a byte of a request that has begun, after which its client gets 408. */
    clientTimeoutMs: number;
    guard: GuardConfig;
    storage: StorageConfig;
    record: RecordConfig;
    drift: DriftConfig;
    releases: ReleasesConfig;
    rollout: RolloutConfig;
    comparison: ComparisonConfig;
    gate: GateConfig;
  };

/** Reads the whole environment, once, at the start. Throws `ConfigError` with one line for the first wrong value. */
export function readConfig(env: Env): GatewayConfig {
  const versions = readVersionsConfig(env);
  return {
    ...versions,
    ...readTrafficConfig(
      env,
      versions.versions.map(({ name }) => name),
    ),
    port: envPort(env, 'GATEWAY_PORT', 5000),
    host: envHost(env, 'BIND_ADDRESS'),
    dataDir: env.DATA_DIR?.trim() || '/data',
    logLevel: envChoice(env, 'LOG_LEVEL', logLevels, 'info'),
    shutdownGraceMs: envNumber(env, 'SHUTDOWN_GRACE', { fallback: 10, min: 0, max: 3600 }) * 1000,
    clientTimeoutMs: envNumber(env, 'CLIENT_TIMEOUT', { fallback: 10, min: 0.1, max: 600 }) * 1000,
    guard: readGuardConfig(env),
    storage: readStorageConfig(env),
    record: readRecordConfig(env),
    drift: readDriftConfig(env),
    releases: readReleasesConfig(env),
    rollout: readRolloutConfig(env),
    comparison: readComparisonConfig(env),
    gate: readGateConfig(env),
  };
}

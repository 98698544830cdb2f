export type ReleasesConfig = {
  /** A folder, or `s3://bucket/prefix`; null: this gateway knows no registry. */
  registry: string | null;
};

/** Where the releases are. */
export function readReleasesConfig(env: Record<string, string | undefined>): ReleasesConfig {
  return { registry: env.REGISTRY_URL?.trim() || null };
}

type Env = Record<string, string | undefined>;

/** Where an MLflow server is, under the names that MLflow's own clients read. */
export type MlflowConfig = {
  /** Without a slash at its end. */
  url: string;
  login: { user: string; password: string } | null;
};

/**
 * Reads `MLFLOW_TRACKING_URI`, `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`. Null when there is no address: then
 * nothing is sent. Throws an `Error` of one line for an address that is not one of http or https.
 */
export function readMlflowConfig(env: Env): MlflowConfig | null {
  const text = env.MLFLOW_TRACKING_URI?.trim();
  if (!text) return null;
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    throw new Error(
      'MLFLOW_TRACKING_URI is not allowed: must be an http or https address without a login, which MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD hold',
    );
  const user = env.MLFLOW_TRACKING_USERNAME?.trim();
  return {
    url: text.replace(/\/+$/, ''),
    login: user ? { user, password: env.MLFLOW_TRACKING_PASSWORD ?? '' } : null,
  };
}

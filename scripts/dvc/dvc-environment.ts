import { delimiter, dirname, join } from 'node:path';
import { placeOfReleases } from '../registry/place-of-releases.ts';

type Env = Record<string, string | undefined>;
type Places = {
  root: string;
  /** The program, or its name on the `PATH`. */
  dvc: string;
  /** Where the user is: relative folders of settings start there. */
  cwd: string;
};

/** The environment in which DVC runs the stages: the pinned Node, the registry as a whole path, no statistics sent. */
export function dvcEnvironment(env: Env, { root, dvc, cwd }: Places): Env {
  // the stages' own relative paths start in their folder
  const { INIT_CWD: _, ...rest } = env;
  const own = dvc.includes('/') ? [dirname(dvc)] : [];
  return {
    ...rest,
    PATH: [join(root, 'node_modules/.bin'), ...own, env.PATH ?? ''].join(delimiter),
    REGISTRY_URL: placeOfReleases(undefined, env, cwd),
    DVC_NO_ANALYTICS: '1',
    // boto reads another name than the rest of Coppice
    ...(env.AWS_REGION && { AWS_DEFAULT_REGION: env.AWS_REGION }),
  };
}

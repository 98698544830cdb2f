/** What a version serves, as this gateway sees it. */
export type Serving = {
  version: string;
  /** Null of a version that names no release. */
  release: number | null;
  ready: boolean;
};

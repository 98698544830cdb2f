type PageRoute = {
  /** `#/name` in the address; the route's component is the file `*Route.svelte` of the folder with that name. */
  name: string;
  title: string;
};

/**
 * The routes of the page, in the order of the navigation; the first one is the home page. Data alone, so that the
 * browser tests can read it. They visit every route, which has one `h1`, and a `Trouble` while the gateway is down.
 */
export const pageRoutes = [
  { name: 'release', title: 'Release' },
  { name: 'predict', title: 'Predict' },
  { name: 'drift', title: 'Drift' },
  { name: 'history', title: 'History' },
  { name: 'ops', title: 'Ops' },
] as const satisfies readonly PageRoute[];

export type PageRouteName = (typeof pageRoutes)[number]['name'];

/** Where the parts of former routes are now: their addresses go on to work, with their parameters. */
export const movedRoutes: Record<string, PageRouteName> = { traffic: 'release', performance: 'release' };

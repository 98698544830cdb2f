type PageRoute = {
  /** `#/name` in the address; the route's component is the file `*Route.svelte` of the folder with that name. */
  name: string;
  title: string;
  /** For the navigation on a phone, where the title does not fit. */
  shortTitle?: string;
};

/**
 * The routes of the page, in the order of the navigation; the first one is the home page. Data alone, so that the
 * browser tests can read it. They visit every route: it has one `h1`, and a `Trouble` when the gateway is away.
 */
export const pageRoutes = [
  { name: 'predict', title: 'Predict' },
  { name: 'traffic', title: 'Traffic' },
  { name: 'drift', title: 'Drift' },
  { name: 'history', title: 'History' },
  { name: 'performance', title: 'Performance', shortTitle: 'Perf' },
  { name: 'ops', title: 'Ops' },
] as const satisfies readonly PageRoute[];

export type PageRouteName = (typeof pageRoutes)[number]['name'];

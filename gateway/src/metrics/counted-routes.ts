import { type Route, routes } from '@coppice/contract';

/** Whether requests of a route are counted, recorded, compared and watched. A new route has to decide. */
export const isCounted: Readonly<Record<Route, boolean>> = {
  pinned: true,
  sticky: true,
  weighted: true,
  failover: true,
  // only answered: a slider being dragged
  preview: false,
};

export const countedRoutes = routes.filter((route) => isCounted[route]);

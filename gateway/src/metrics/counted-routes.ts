import { type Route, routes } from '@coppice/contract';

/** Whether a request that came by a route is counted, recorded, compared and watched. A new route has to say. */
export const isCounted: Readonly<Record<Route, boolean>> = {
  pinned: true,
  sticky: true,
  weighted: true,
  failover: true,
  // answered and nothing else: a slider being dragged
  preview: false,
};

export const countedRoutes = routes.filter((route) => isCounted[route]);

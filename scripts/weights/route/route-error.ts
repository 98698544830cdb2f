/** The cluster or its route refuses a change, or cannot be reached: one line. */
export class RouteError extends Error {}

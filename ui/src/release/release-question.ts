/** What the visitor is asked to confirm. `percent`: of the traffic, for the version that the route is about. */
export type ReleaseQuestion = { what: 'roll back' | 'take back' | 'promote' } | { what: 'raise'; percent: number };

/** There is no experiment of this name. */
export class UnknownExperimentError extends Error {}

/** Someone else changed the registry first: look again, then decide. */
export class RegistryConflictError extends Error {}

/** There is no such release, file or model. */
export class UnknownReleaseError extends Error {}

/** The change is not allowed as things are, in words for the person who asked for it. */
export class ChangeRefusedError extends Error {}

/** What the store holds is not what was written there. */
export class BrokenReleaseError extends Error {}

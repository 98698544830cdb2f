/** Why a model or its sample cannot be imported, and what to do, in one line. */
export class ImportRefusedError extends Error {}

/** Where `npm run simulate` looks for a spoiler. */
export const SPOILER_PORT = 5099;

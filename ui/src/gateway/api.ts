import { session } from './session.svelte.ts';

/** The client of this tab. It sends the secrets that the session keeps. */
export const { api } = session;

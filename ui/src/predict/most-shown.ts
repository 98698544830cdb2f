/** Inputs of features that stand open; more of them are searched rather than read. */
export const MOST_SHOWN = 12;

/** Fewer predictions or feedback than this give no figure worth reading. */
export const ENOUGH = 30;

/** A period of unchanged weights and releases: what one comparison may add up. */
export type Epoch = {
  /**
   * When the weights came in force, in milliseconds since the epoch, or 0 for a record of before. It rises from change to
   * change, and is the same on all gateways of a database.
   */
  readonly period: number;
  readonly weights: Readonly<Record<string, number>>;
  /** Release of each version; null while it is not known, or for a version that has none. */
  readonly releases: Readonly<Record<string, string | null>>;
};

/** What a store returns: at once from SQLite, later from PostgreSQL. */
export type Answer<T> = T | Promise<T>;

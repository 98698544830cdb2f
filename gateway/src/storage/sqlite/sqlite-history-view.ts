/*
 * SQL that reads what row-batch.ts and typed-values.ts write, since SQLite has no function from bytes to a number. It
 * needs SQLite 3.38, so that DuckDB and the sqlite3 of older systems read the view too. MATERIALIZED makes SQLite compute a
 * step once instead of wherever the next one names it.
 */

/** The number that bytes `first`, `first + 1`, … of the hex text `h` make, little-endian. */
function unsigned(h: string, first: number, bytes: number): string {
  // the place in this text is the value of a digit; 0 is not in it, and instr answers 0
  const digit = (i: number) => `instr('123456789ABCDEF', substr(${h}, ${i}, 1))`;
  const places = Array.from({ length: bytes }, (_, i) => ({ at: 2 * (first + i) + 1, shift: 8 * i }));
  return places.map(({ at, shift }) => `(${digit(at)} << ${shift + 4}) + (${digit(at + 1)} << ${shift})`).join(' + ');
}

/** `value` times, or divided by, 2 to the power of `k` (0 ≤ k < 2048), without rounding. */
function scaled(value: string, operator: '*' | '/', k: string): string {
  // large literals are not exact in every SQLite, products of small ones are; 2^1024 is no double, so it goes in two steps
  const power = (bit: number) =>
    bit <= 5 ? `${2 ** (2 ** bit)}.0` : `(${new Array(2 ** (bit - 5)).fill('4294967296.0').join(' * ')})`;
  const steps = [10, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map(
    (bit) => `${operator} CASE WHEN ${k} & ${2 ** bit} THEN ${power(Math.min(bit, 9))} ELSE 1.0 END`,
  );
  return `${value} ${steps.join(' ')}`;
}

/** The IEEE 754 double in the eight bytes `slot`. */
function double(slot: string): string {
  return `(
    WITH bytes (h) AS MATERIALIZED (SELECT hex(${slot})),
    words (low, high) AS MATERIALIZED (SELECT ${unsigned('h', 0, 4)}, ${unsigned('h', 4, 4)} FROM bytes),
    parts (sign, mantissa, exponent) AS MATERIALIZED (
      SELECT CASE WHEN high >> 31 THEN -1.0 ELSE 1.0 END,
        (((high & 0xfffff) << 32) + low + CASE WHEN (high >> 20) & 0x7ff THEN 1 << 52 ELSE 0 END) * 1.0,
        max((high >> 20) & 0x7ff, 1) - 1075
      FROM words)
    SELECT sign * CASE WHEN exponent < 0 THEN ${scaled('mantissa', '/', '-exponent')}
      ELSE ${scaled('mantissa', '*', 'exponent')} END FROM parts)`;
}

/** A number as JSON: 15 digits, which is what a person wrote, or 17 where those are needed. */
const json = (number: string) => `(
    WITH v (v) AS MATERIALIZED (SELECT ${number})
    SELECT CASE WHEN CAST(printf('%!.15g', v) AS REAL) = v THEN printf('%!.15g', v) ELSE printf('%!.17g', v) END FROM v)`;

/** A 16-bit number of the header of `data`. */
const count = (at: 0 | 2 | 4) => `(SELECT ${unsigned('h', at, 2)} FROM (SELECT hex(substr(p.data, 1, 8)) AS h))`;

/** A JSON array of the `n` values of `data` after the first `before` ones. */
const values = (n: string, before: string) => `(
    WITH RECURSIVE size (n, start) AS MATERIALIZED (SELECT ${n}, 17 + 8 * ${before}),
    place (i, start, n) AS (
      SELECT 0, start, n FROM size UNION ALL SELECT i + 1, start, n FROM place WHERE i + 1 < n),
    slot (s) AS MATERIALIZED (SELECT substr(p.data, start + 8 * i, 8) FROM place),
    tagged (s, tag) AS MATERIALIZED (SELECT s, hex(substr(s, 8, 1)) || hex(substr(s, 7, 1)) FROM slot)
    SELECT '[' || group_concat(CASE tag WHEN '7FF8' THEN 'null'
      WHEN '7FFA' THEN CASE hex(substr(s, 1, 1)) WHEN '01' THEN 'true' ELSE 'false' END
      WHEN '7FFC' THEN json_quote(CAST(substr(p.data, 1 + ${unsigned('hex(s)', 0, 4)}, ${unsigned('hex(s)', 4, 2)}) AS TEXT))
      ELSE ${json(double('s'))} END, ',') || ']' FROM tagged)`;

/** `history`: the record as a person reads it, a row per prediction. */
export const sqliteHistoryView = `
  CREATE VIEW history AS
  SELECT
    lower(substr(hex(p.id), 1, 8) || '-' || substr(hex(p.id), 9, 4) || '-' || substr(hex(p.id), 13, 4) || '-' ||
      substr(hex(p.id), 17, 4) || '-' || substr(hex(p.id), 21)) AS prediction_id,
    (WITH ms (ms) AS MATERIALIZED (SELECT (${unsigned('h', 0, 6)}) FROM (SELECT
        hex(substr(p.id, 6, 1)) || hex(substr(p.id, 5, 1)) || hex(substr(p.id, 4, 1)) ||
        hex(substr(p.id, 3, 1)) || hex(substr(p.id, 2, 1)) || hex(substr(p.id, 1, 1)) AS h))
      SELECT strftime('%Y-%m-%dT%H:%M:%S', ms / 1000, 'unixepoch') || printf('.%03dZ', ms % 1000) FROM ms) AS time,
    k.version AS model_version,
    k.assigned,
    k.release,
    k.route,
    k.source,
    p.reference,
    CASE ${count(4)} WHEN 0 THEN NULL
      ELSE CAST(substr(p.data, 17 + 8 * (${count(0)} + ${count(2)}), ${count(4)}) AS TEXT) END AS user_hash,
    n.names AS feature_names,
    ${values(count(0), '0')} AS features,
    CASE WHEN k.label >= 0 THEN k.label END AS prediction,
    k.class,
    CASE ${count(2)} WHEN 0 THEN NULL ELSE ${values(count(2), count(0))} END AS probability,
    -- as the history rounds it: the round of SQLite is not exact to a place
    round(${double('substr(p.data, 9, 8)')} * 1000000000) / 1000000.0 AS latency_ms,
    k.error,
    f.actual,
    f.outcome
  FROM prediction p JOIN kind k ON k.id = p.kind LEFT JOIN feature_names n ON n.id = k.names
    LEFT JOIN feedback f ON f.id = p.id;
`;

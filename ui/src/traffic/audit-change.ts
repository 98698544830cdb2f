type Intent = { weights?: Record<string, number>; shadow?: string | null };

/** What an audit entry changed, in words: "v1 50 → 90, v2 50 → 10"; "shadow – → v2". */
export function auditChange(from: unknown, to: unknown): string {
  const before = asIntent(from);
  const after = asIntent(to);
  const names = [...new Set([...Object.keys(before.weights ?? {}), ...Object.keys(after.weights ?? {})])];
  const parts = names
    .filter((name) => before.weights?.[name] !== after.weights?.[name])
    .map(
      (name) => `${name} ${from === null ? '' : `${before.weights?.[name] ?? '–'} → `}${after.weights?.[name] ?? '–'}`,
    );
  if ((before.shadow ?? null) !== (after.shadow ?? null))
    parts.push(`shadow ${before.shadow ?? '–'} → ${after.shadow ?? '–'}`);
  return parts.join(', ') || 'no change';
}

const asIntent = (value: unknown): Intent => (typeof value === 'object' && value !== null ? (value as Intent) : {});

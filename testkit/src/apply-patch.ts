/** Applies operations `add` and `replace` of RFC 6902 on members and existing items to a copy of an object. */
export function applyPatch<T extends object>(object: T, operations: readonly { path: string; value: unknown }[]): T {
  const copy = structuredClone(object);
  for (const { path, value } of operations) {
    const keys = path
      .slice(1)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop() as string;
    let parent = copy as Record<string, unknown>;
    for (const key of keys) parent = parent[key] as Record<string, unknown>;
    parent[last] = structuredClone(value);
  }
  return copy;
}

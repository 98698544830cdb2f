/** A unique key; works on plain HTTP too, where `crypto.randomUUID` is missing. */
export function randomKey(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `${prefix}-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * An address as an error or a log may show it: without what stands before its `@` or after its `?`. The text may be
 * anything, since it is most often shown because it is no address.
 */
export function withoutPassword(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1***@').replace(/\?.*$/s, '?***');
}

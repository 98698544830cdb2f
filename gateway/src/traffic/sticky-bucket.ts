export const BUCKETS = 10_000;

/**
 * Bucket 0…9,999 of a sticky key, the same in every process at any time. GrowthBook's hash version 2
 * (`packages/sdk-js/src/util.ts`), so its published test cases apply.
 */
export function stickyBucket(salt: string, key: string): number {
  return fnv1a32(String(fnv1a32(salt + key))) % BUCKETS;
}

/** FNV-1a, 32 bits, over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/). */
function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

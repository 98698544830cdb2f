/** A row gets the same answer again within this time, so that the gateway's second try of a batch, row by row, fails for the same rows. */
const WINDOW_MS = 250;

type Input = { shape: number[]; datatype: string; data?: unknown[]; parameters?: { binary_data_size?: number } };

/**
 * Whether a row of an infer request belongs to the share that fails. Chance is by row and moment, not by request: the
 * gateway sends the rows of a failed batch again, one by one, and a share of batches would fail next to no row.
 */
export function hasUnluckyRow(body: Buffer, headerLength: number | undefined, share: number, now: number): boolean {
  if (share === 0) return false;
  const moment = Math.floor(now / WINDOW_MS);
  return rowHashes(body, headerLength).some((hash) => mix(hash ^ moment) / 2 ** 32 < share);
}

/** A number for each row; one for all when the request is not what the gateway sends. */
function rowHashes(body: Buffer, headerLength = body.length): number[] {
  try {
    const { inputs } = JSON.parse(body.toString('utf8', 0, headerLength)) as { inputs: Input[] };
    const hashes = new Array<number>(inputs[0]?.shape[0] ?? 0).fill(0);
    let at = headerLength;
    for (const { data, parameters } of inputs) {
      const size = parameters?.binary_data_size;
      const cells = size === undefined ? Buffer.from(new Float64Array((data ?? []).flat(8) as number[]).buffer) : null;
      const bytes = cells ?? body.subarray(at, at + (size as number));
      at += size ?? 0;
      const width = bytes.length / hashes.length;
      for (const row of hashes.keys()) hashes[row] = hash(bytes, row * width, (row + 1) * width, hashes[row] as number);
    }
    return hashes;
  } catch {
    return [hash(body, 0, body.length, 0)];
  }
}

/** FNV-1a. */
function hash(bytes: Uint8Array, from: number, to: number, start: number): number {
  let value = start ^ 0x811c9dc5;
  for (let i = from; i < to; i++) value = Math.imul(value ^ (bytes[i] as number), 0x01000193);
  return value;
}

/** The last steps of MurmurHash3, which spread a difference in any bit over all. */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

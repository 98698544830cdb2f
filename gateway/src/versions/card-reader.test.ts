import { cardOf } from '@coppice/testkit/card-of-rows';
import { describe, expect, it, vi } from 'vitest';
import { CardReader } from './card-reader.ts';

const rows = [0, 1].map((label) => ({ features: [label], label }));
const small = cardOf(rows, ['a']);
/** Of some megabytes. */
const large = (gitCommit: string) => ({ ...small, gitCommit, libraries: { padding: 'x'.repeat(2_000_000) } });

function setUp() {
  const clock = { ms: 1_000_000 };
  const served: { status: number; body: unknown } = { status: 200, body: small };
  const get = vi.fn(async (_path: string, _maxBytes: number) => ({
    status: served.status,
    headers: {},
    body: Buffer.from(JSON.stringify(served.body)),
  }));
  return { clock, served, get, reader: new CardReader({ get }, () => clock.ms) };
}

describe('the model card of a version', () => {
  it('is parsed when it has changed', async () => {
    const { served, reader } = setUp();
    const first = await reader.read(1);
    expect(first.card).toMatchObject({ name: 'fixture' });
    expect((await reader.read(1)).card).toBe(first.card);
    served.body = { ...small, name: 'other' };
    const second = await reader.read(1);
    expect(second.card).toMatchObject({ name: 'other' });
    expect(second.digest).not.toBe(first.digest);
  });

  it('is none of a foreign server, or of one whose card is not one', async () => {
    const { served, reader } = setUp();
    served.status = 404;
    expect(await reader.read(1)).toMatchObject({ card: null, digest: 'none' });
    Object.assign(served, { status: 200, body: [] });
    expect((await reader.read(1)).card).toBe(null);
  });

  it('may be as long as the features need, and never more than 6 MB', async () => {
    const { get, reader } = setUp();
    await reader.read(4);
    await reader.read(1000);
    expect(get.mock.calls.map(([, maxBytes]) => maxBytes)).toEqual([1024 * 1024 + 320_000, 6 * 1024 * 1024]);
  });

  it('is not read again and again while it is large and changes each time', async () => {
    const { clock, served, get, reader } = setUp();
    served.body = large('a');
    expect((await reader.read(50)).card).toMatchObject({ gitCommit: 'a' });
    served.body = large('b');
    clock.ms += 3000;
    await expect(reader.read(50)).rejects.toThrow('its model card of 2.0 MB changes within 30 s');
    clock.ms += 3000;
    await expect(reader.read(50)).rejects.toThrow('changes within 30 s');
    expect(get).toHaveBeenCalledTimes(2);
    clock.ms += 24_000;
    expect((await reader.read(50)).card).toMatchObject({ gitCommit: 'b' });
  });

  it('is large and known while servers of two releases answer in turn', async () => {
    const { clock, served, reader } = setUp();
    served.body = large('a');
    const first = await reader.read(50);
    clock.ms += 30_000;
    served.body = large('b');
    const second = await reader.read(50);
    for (const [body, known] of [
      [large('a'), first],
      [large('b'), second],
      [large('a'), first],
    ] as const) {
      clock.ms += 3000;
      served.body = body;
      expect((await reader.read(50)).card).toBe(known.card);
    }
    served.body = large('c');
    await expect(reader.read(50)).rejects.toThrow('changes within 30 s');
  });
});

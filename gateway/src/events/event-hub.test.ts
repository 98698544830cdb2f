import { expect, it } from 'vitest';
import { EventHub, TooManyStreamsError } from './event-hub.ts';

const open = async (hub: EventHub) => {
  const stream = { got: [] as string[], ended: false, keepsUp: true, close: () => {} };
  stream.close = await hub.open(
    (text) => {
      stream.got.push(text);
      return stream.keepsUp;
    },
    () => {
      stream.ended = true;
    },
  );
  return stream;
};
const BEAT = 'event: beat\ndata:\n\n';

it('sends all that is known first, then only what changed, with a beat', async () => {
  const now = { a: 1, b: ['x\ny'] };
  const hub = new EventHub({ sources: { a: () => now.a, b: async () => now.b } });
  const one = await open(hub);
  expect(one.got).toEqual(['event: a\ndata: 1\n\nevent: b\ndata: ["x\\ny"]\n\n']);
  await hub.look();
  now.a = 2;
  await hub.look();
  expect(one.got.slice(1)).toEqual([BEAT, `event: a\ndata: 2\n\n${BEAT}`]);
  const two = await open(hub);
  expect(two.got).toEqual(['event: a\ndata: 2\n\nevent: b\ndata: ["x\\ny"]\n\n']);
  one.close();
  await hub.look();
  expect(two.got.at(-1)).toBe(BEAT);
  expect(one.got).toHaveLength(4);
});

it('looks at nothing while nobody listens, and again at what failed', async () => {
  let looks = 0;
  const hub = new EventHub({
    sources: {
      a: () => {
        looks++;
        if (looks === 1) throw new Error('not yet');
        return looks;
      },
    },
  });
  await hub.look();
  expect(looks).toBe(0);
  const one = await open(hub);
  expect(one.got).toEqual(['']);
  await hub.look();
  expect(one.got.at(-1)).toBe(`event: a\ndata: 2\n\n${BEAT}`);
});

it('ends the stream of a client that does not keep up, and all when it closes', async () => {
  const hub = new EventHub({ sources: {} });
  const [slow, other] = [await open(hub), await open(hub)];
  slow.keepsUp = false;
  await hub.look();
  expect([slow.ended, other.ended, hub.streams]).toEqual([true, false, 1]);
  hub.close();
  expect([other.ended, hub.streams]).toEqual([true, 0]);
  await expect(open(hub)).rejects.toThrow(TooManyStreamsError);
});

it('opens no more streams than it may', async () => {
  const hub = new EventHub({ sources: {}, most: 2 });
  await open(hub);
  const two = await open(hub);
  await expect(open(hub)).rejects.toThrow('2 streams of events are open');
  two.close();
  expect((await open(hub)).ended).toBe(false);
});

it('sends nothing to a stream that ended while it was opened', async () => {
  const source = Promise.withResolvers<number>();
  const hub = new EventHub({ sources: { a: () => source.promise } });
  const calls: string[] = [];
  const opening = hub.open(
    () => {
      calls.push('send');
      return true;
    },
    () => calls.push('end'),
  );
  hub.close();
  source.resolve(1);
  await opening;
  expect([calls, hub.streams]).toEqual([['end'], 0]);
});

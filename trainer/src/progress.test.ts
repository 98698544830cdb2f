import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { treeProgress } from './progress.ts';

const collect = (isTTY: boolean) => {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  return { stream, text: () => stream.setEncoding('utf8').read(stream.readableLength) ?? '' };
};

it('writes a line at most every five seconds where there is no terminal', () => {
  const { stream, text } = collect(false);
  let time = 0;
  const progress = treeProgress(100, stream, () => time);
  for (let done = 1; done <= 100; done++) {
    time += 100;
    progress.update(done);
  }
  progress.stop();
  expect(text()).toBe('50 of 100 trees trained\n');
});

it('draws a bar on a terminal', () => {
  const { stream, text } = collect(true);
  const progress = treeProgress(4, stream);
  progress.update(4);
  progress.stop();
  expect(text()).toContain('4 of 4 trees');
});

import { afterEach, expect, it, vi } from 'vitest';
import { showProgress } from './progress.ts';

afterEach(() => void vi.useRealTimers());

it('writes a line every five seconds where there is no terminal', () => {
  vi.useFakeTimers();
  const lines: string[] = [];
  const out = { write: (text: string | Uint8Array) => lines.push(String(text)) > 0 };
  const progress = showProgress(6000, out, () => ({ sent: 500, answered: 498, failed: 1, split: 'v1 250, v2 248' }));
  vi.advanceTimersByTime(11_000);
  progress.stop();
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual(Array(2).fill('500 of 6000 sent, 498 answered, 1 failed; v1 250, v2 248\n'));
});

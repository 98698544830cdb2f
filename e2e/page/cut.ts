import type { Page } from 'playwright-core';

/** What reaches beyond its window, or is cut off inside its own box; words that end in dots have a title or a label. */
export async function cut(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('body *')].flatMap((one) => {
    const { left, right, width } = one.getBoundingClientRect();
    if (width <= 1 || one.closest('[role=group], pre, .visually-hidden, .skip')) return [];
    const style = getComputedStyle(one);
    const clipped = style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis' && one.scrollWidth > one.clientWidth + 1;
    return left < -1 || right > innerWidth + 1 || clipped ? [innerWidth + ': ' + one.outerHTML.slice(0, 120)] : [];
  })`);
}

import type { Page } from 'playwright-core';

/** What reaches beyond its window, or is cut off inside its own box; words that end in dots have a title or a label. */
export async function cut(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('body *')].flatMap((one) => {
    const { left, right, width } = one.getBoundingClientRect();
    if (width <= 1 || one.closest('[role=group], pre, .visually-hidden, .skip')) return [];
    const style = one.scrollWidth > one.clientWidth + 1 ? getComputedStyle(one) : null;
    const clipped = style?.overflowX === 'hidden' && style.textOverflow !== 'ellipsis';
    if (left >= -1 && right <= innerWidth + 1 && !clipped) return [];
    // for screen readers only
    for (let box = one; box; box = box.parentElement) if (getComputedStyle(box).clipPath !== 'none') return [];
    return [innerWidth + ': ' + one.outerHTML.slice(0, 120)];
  })`);
}

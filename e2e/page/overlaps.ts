import type { Page } from 'playwright-core';

/** Words of a state of the style guide that stand on other words, as lines for people. */
export async function overlaps(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('[data-state]')].flatMap((state) => {
    const boxes = [];
    const walker = document.createTreeWalker(state, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.data.trim() || node.parentElement.closest('.visually-hidden, option')) continue;
      if (!node.parentElement.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const { left, right, top, bottom } of range.getClientRects())
        boxes.push({ left, right, top, bottom, text: node.data.trim() });
    }
    // letters reach less high and low than their line does
    const inset = 4;
    return boxes.flatMap((one, i) => boxes.slice(i + 1)
      .filter((other) => one.left + 1 < other.right && other.left + 1 < one.right
        && one.top + inset < other.bottom - inset && other.top + inset < one.bottom - inset)
      .map((other) => state.dataset.state + ': "' + one.text + '" and "' + other.text + '"'));
  })`);
}

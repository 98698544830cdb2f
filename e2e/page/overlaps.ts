import type { Page } from 'playwright-core';

/** Words of a state of the style guide that stand on other words, as lines for people. */
export async function overlaps(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('[data-state]')].flatMap((state) => {
    const boxes = [];
    const walker = document.createTreeWalker(state, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.data.trim() || !node.parentElement.checkVisibility() || node.parentElement.closest('option')) continue;
      // what ends in dots, or is for screen readers only, is seen as far as its box
      const seen = { left: 0, right: innerWidth, top: -1e9, bottom: 1e9 };
      let hidden = false;
      for (let box = node.parentElement; box !== state; box = box.parentElement) {
        const style = getComputedStyle(box);
        hidden ||= style.clipPath !== 'none';
        if (style.overflowX === 'visible') continue;
        const { left, right } = box.getBoundingClientRect();
        seen.left = Math.max(seen.left, left);
        seen.right = Math.min(seen.right, right);
      }
      if (hidden) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const { left, right, top, bottom } of range.getClientRects())
        boxes.push({ left: Math.max(left, seen.left), right: Math.min(right, seen.right), top, bottom, node });
    }
    // letters reach less high and low than their line does
    const inset = 4;
    return boxes.flatMap((one, i) => boxes.slice(i + 1)
      .filter((other) => other.node !== one.node && one.left + 1 < other.right && other.left + 1 < one.right
        && one.top + inset < other.bottom - inset && other.top + inset < one.bottom - inset)
      .map((other) => state.dataset.state + ': "' + one.node.data.trim() + '" and "' + other.node.data.trim() + '"'));
  })`);
}

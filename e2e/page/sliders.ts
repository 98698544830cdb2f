import type { Locator, Page } from 'playwright-core';

export const sliderOf = (on: Page, feature: string): Locator =>
  on.getByRole('slider', { name: new RegExp(feature.replace('_', ' ')) });

/** In the order of the features. */
export async function sliderValues(on: Page): Promise<number[]> {
  const sliders = await on.getByRole('slider').all();
  return Promise.all(sliders.map(async (slider) => Number(await slider.inputValue())));
}

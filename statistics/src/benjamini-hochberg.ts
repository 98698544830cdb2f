/**
 * P-values adjusted so that rejecting all those below q keeps the expected share of false rejections below q
 * (Benjamini & Hochberg 1995; the same as R's `p.adjust(p, "BH")`). In the order given.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((x, y) => y.p - x.p);
  const adjusted = new Array<number>(pValues.length);
  let smallest = 1;
  order.forEach(({ p, index }, i) => {
    const rank = pValues.length - i;
    smallest = Math.min(smallest, (p * pValues.length) / rank);
    adjusted[index] = smallest;
  });
  return adjusted;
}

import { z } from 'zod';
import { modelCard } from './model-card.ts';

/** Format 1: numbers alone, none missing. */
const formatOne = z.looseObject({
  format: z.literal(1),
  features: z.array(z.looseObject({})),
  classes: z.array(z.looseObject({ medians: z.array(z.number()) })),
});

/** Reads a model card of either format, as format 2. Never throws: see `safeParse` of zod. */
export function parseModelCard(value: unknown): ReturnType<typeof modelCard.safeParse> {
  const one = formatOne.safeParse(value);
  if (!one.success) return modelCard.safeParse(value);
  const { features, classes, ...card } = one.data;
  return modelCard.safeParse({
    ...card,
    format: 2,
    features: features.map((feature) => ({ ...feature, kind: 'number', nullable: false, missing: 0 })),
    classes: classes.map(({ medians, ...known }) => ({ ...known, typical: medians })),
  });
}

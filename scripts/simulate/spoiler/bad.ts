/** How a version's answers are spoiled. */
export type Bad = {
  /** Share of requests that get a 500, 0–1. */
  errors: number;
  /** Share of rows that get another class, 0–1. */
  flips: number;
  /** How many times as long an answer takes, ≥ 1. */
  latency: number;
};

export const harmless: Bad = { errors: 0, flips: 0, latency: 1 };

/** Reads `v2:errors=0.02,accuracy=-0.03,latency=1.5`, in any part and order; null for anything else. */
export function parseBad(text: string): { version: string; bad: Bad } | null {
  const [, version, list] = /^(v[1-9]\d{0,3}):(.+)$/.exec(text) ?? [];
  if (version === undefined || list === undefined) return null;
  const bad = { ...harmless };
  for (const part of list.split(',')) {
    const [, name, amount] = /^(errors|accuracy|latency)=([+-]?\d*\.?\d+)$/.exec(part) ?? [];
    const value = Number(amount);
    if (name === 'errors' && value > 0 && value <= 1) bad.errors = value;
    else if (name === 'accuracy' && value < 0 && value >= -1) bad.flips = -value;
    else if (name === 'latency' && value > 1 && value <= 100) bad.latency = value;
    else return null;
  }
  return { version, bad };
}

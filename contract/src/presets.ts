type Preset = {
  /** Label of its button on the page. */
  label: string;
  /** Percent of the newest version; the baseline gets the rest, versions between them nothing. `even`: equal shares. */
  newest: number | 'even';
  /** Shares of the newest version, 0–1, that count as this mode. Default: its own percent alone. */
  mode?: { above: number; upTo: number };
};

/** Named splits. Weights, the mode in `GET /config`, the CLI, OpenAPI and the page all read this table. */
export const presets = {
  equal: { label: 'Equal', newest: 'even' },
  canary: { label: 'Canary', newest: 10, mode: { above: 0, upTo: 0.2 } },
  full: { label: 'Full', newest: 100 },
  rollback: { label: 'Rollback', newest: 0 },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];

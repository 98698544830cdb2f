type Preset = {
  /** As the page's button names it. */
  label: string;
  /** Percent of the newest version; the baseline gets the rest, versions between them nothing. `even`: all get the same. */
  newest: number | 'even';
  /** Shares of the newest version, 0–1, that count as this mode; its own percent alone when not given. */
  mode?: { above: number; upTo: number };
};

/** Named splits. The weights, the mode that `GET /config` reports, the CLI, OpenAPI and the page all read this table. */
export const presets = {
  equal: { label: 'Equal', newest: 'even' },
  canary: { label: 'Canary', newest: 10, mode: { above: 0, upTo: 0.2 } },
  full: { label: 'Full', newest: 100 },
  rollback: { label: 'Rollback', newest: 0 },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];

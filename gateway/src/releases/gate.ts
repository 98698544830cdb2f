import type { GateVerdict, ReleasesView } from '@coppice/contract';
import type { Registry } from '@coppice/registry/registry';
import type { RegistryState } from '@coppice/registry/registry-state';
import type { Logger } from 'pino';
import type { KeptOut } from '../traffic/kept-out.ts';
import type { GateConfig } from './gate-config.ts';
import { exemption, type GateKnowledge, keptOutBy, releaseKeptOut } from './gate-set.ts';
import { type GateSources, judgeRelease, refusedByPerson } from './judge-release.ts';
import { within } from './within.ts';

type Deps = {
  config: GateConfig;
  /** Only called while the gate is on. */
  registry: () => Promise<Pick<Registry, 'model' | 'current' | 'release' | 'file' | 'comparison'>>;
  versions: readonly string[];
  /** Number of the release that a version serves, or null. */
  served: (version: string) => number | null;
  /** Receives the versions that get no live traffic, whenever they or the reasons change. */
  keepOut: (keptOut: KeptOut) => void;
  agreement: GateSources['agreement'];
  /** Milliseconds since the epoch. */
  now: () => number;
  log: Pick<Logger, 'info' | 'warn'>;
  /** Milliseconds between two looks at the registry. */
  lookMs?: number;
  /** A registry that answers later counts as away. Default: 5 s. */
  patienceMs?: number;
};

/** `due`: it judged all afresh; `trouble`: why some have no verdict, or an older one. */
type Read = { revision: number; due: boolean; known: Omit<GateKnowledge, 'servedChampion'>; trouble: Error | null };

/** A new comparison or replay changes no revision of the registry: releases are judged again after so long. */
const JUDGED_MS = 5000;
const PATIENCE_MS = 5000;
/** How long a start waits for the first look. */
const FIRST_LOOK_MS = 2000;
/** Servers of a release that a version has left may answer for it until all have gone over: so long it is judged with the others. */
const LEFT_MS = 600_000;
/** How long a release that comes in waits for its verdict; then it is kept out until there is one. */
const ANNOUNCED_MS = 1000;

/**
 * Keeps releases out of live traffic that have not passed. It looks at the registry every second and hands the versions to
 * the traffic, which asks nobody while it assigns requests. While the registry cannot be read, what was read last holds.
 */
export class Gate {
  readonly #deps: Deps;
  #known: GateKnowledge | null = null;
  #revision = -1;
  #judgedAt = Number.NEGATIVE_INFINITY;
  #keptOut: KeptOut = { reasons: new Map(), instead: [] };
  /** When each version was kept out first, in milliseconds since the epoch. */
  readonly #since = new Map<string, number>();
  /** The release that each version was found to serve last. */
  readonly #announced = new Map<string, number>();
  /** When each release was last one that a version serves, or is about to. */
  readonly #served = new Map<number, number>();
  #trouble: string | null = null;
  #looking: Promise<void> | null = null;
  #reading: Promise<Read> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  settings(): ReleasesView['gate'] {
    const { on, approval, rules } = this.#deps.config;
    return { on, approval, lines: rules.map(({ line }) => line) };
  }

  /**
   * Judges a release by what there is now; null while the gate is off. `lines` are those of the file alone, `passed` and
   * `words` take the approval in. Rejects with `StoreUnavailableError`, and while the database is away if a line needs it.
   */
  async verdict(number: number): Promise<GateVerdict | null> {
    if (!this.#deps.config.on) return null;
    const registry = await this.#deps.registry();
    const { state } = await registry.current();
    return this.#judge(number, state);
  }

  /** Begins to look; resolves after the first look, or after 2 s. */
  async start(): Promise<void> {
    if (!this.#deps.config.on) return;
    this.#apply();
    await within(FIRST_LOOK_MS, this.look());
    this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
  }

  /** A version is about to serve another release: judges it before, so that a champion's swap costs no request. Within 1 s. */
  async announced(version: string, release: number | null): Promise<void> {
    if (!this.#deps.config.on || this.#stopped) return;
    if (release === null) this.#announced.delete(version);
    else this.#announced.set(version, release);
    await within(ANNOUNCED_MS, this.#lookAfresh());
  }

  /**
   * Judges afresh what is kept out, since an approval or a replay may have come a moment ago: before a change that would be
   * refused for it. Within 1 s.
   */
  async judgeAgain(): Promise<void> {
    if (this.#keptOut.reasons.size === 0 || this.#stopped) return;
    this.#judgedAt = Number.NEGATIVE_INFINITY;
    await within(ANNOUNCED_MS, this.#lookAfresh());
  }

  /** A version serves another release from now on. */
  released(): void {
    if (this.#deps.config.on && !this.#stopped) this.#apply();
  }

  /** Why a release may answer no live traffic, whatever version it answers for, without a full stop; null: it may. */
  keptOut(release: number): string | null {
    if (!this.#deps.config.on) return null;
    return releaseKeptOut(release, this.#serving(), this.#known, this.#trouble);
  }

  /** Since when a version is kept out, in milliseconds since the epoch; null: it is not. */
  since(version: string): number | null {
    return this.#since.get(version) ?? null;
  }

  /** What an operator must know, in sentences. */
  warnings(): string[] {
    if (this.#trouble === null) return [];
    return [
      this.#known
        ? `The gate goes by what it read last, since the registry cannot be read: ${this.#trouble}`
        : `The gate keeps every release out, since the registry was never read: ${this.#trouble}`,
    ];
  }

  /** Reads the registry and judges what versions serve. Calls share a look that is under way. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  /** One that is under way may have read an older state. */
  async #lookAfresh(): Promise<void> {
    await this.#looking;
    await this.look();
  }

  async #look(): Promise<void> {
    const { now, log, patienceMs = PATIENCE_MS } = this.#deps;
    let trouble: Error | null;
    try {
      const seen = await within(patienceMs, this.#read());
      if (!seen) throw new Error(`it does not answer within ${patienceMs / 1000} s`);
      this.#known = { ...seen.known, servedChampion: this.#known?.servedChampion ?? null };
      this.#revision = seen.revision;
      if (seen.due) this.#judgedAt = now();
      trouble = seen.trouble;
    } catch (error) {
      trouble = error as Error;
    }
    if (trouble && this.#trouble !== trouble.message)
      log.warn({ err: trouble }, 'the gate goes by what it read last: it cannot read the registry or its evidence');
    this.#trouble = trouble?.message ?? null;
    if (!this.#stopped) this.#apply();
  }

  /** Shares a read that was given up: a folder that hangs keeps a thread of Node for each, and name look-ups need them, too. */
  #read(): Promise<Read> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** The newest state, with a verdict on each release that needs one. */
  async #readNow(): Promise<Read> {
    const { config, now } = this.#deps;
    const registry = await this.#deps.registry();
    const { revision, state } = await registry.current();
    const due = revision !== this.#revision || now() - this.#judgedAt >= JUDGED_MS;
    const kept = { champion: state.aliases.champion, previous: state.previous?.champion ?? null };
    const verdicts = new Map<number, GateVerdict>();
    let trouble: Error | null = null;
    for (const number of this.#releases()) {
      if (exemption(number, kept)) continue;
      const before = this.#known?.verdicts.get(number);
      const found =
        before && !due
          ? before
          : await this.#judge(number, state).catch((error: Error) => {
              trouble = error;
              return refusedByPerson(number, state, { ...config, model: registry.model }) ?? before;
            });
      if (found) verdicts.set(number, found);
    }
    return { revision, due, known: { ...kept, verdicts }, trouble: trouble as Error | null };
  }

  async #judge(number: number, state: RegistryState): Promise<GateVerdict> {
    const { config, agreement, registry } = this.#deps;
    return judgeRelease(number, state, { config, agreement, registry: await registry() });
  }

  /** What versions serve, are about to, or did not long ago. */
  #releases(): number[] {
    const { versions, served, now } = this.#deps;
    for (const number of [...versions.map(served), ...this.#announced.values()])
      if (number !== null) this.#served.set(number, now());
    for (const [number, at] of this.#served) if (now() - at >= LEFT_MS) this.#served.delete(number);
    return [...this.#served.keys()];
  }

  #serving() {
    const { versions, served } = this.#deps;
    return versions.map((version) => ({ version, release: served(version) }));
  }

  #apply(): void {
    const { versions, keepOut, now, log } = this.#deps;
    const before = this.#keptOut;
    const serving = this.#serving();
    const known = this.#known;
    if (known?.champion != null && serving.some(({ release }) => release === known.champion))
      this.#known = { ...known, servedChampion: known.champion };
    const after = keptOutBy(serving, this.#known, this.#trouble);
    if (sameKeptOut(before, after)) return;
    this.#keptOut = after;
    for (const version of versions) {
      const reason = after.reasons.get(version);
      if (reason === undefined) this.#since.delete(version);
      else if (!this.#since.has(version)) this.#since.set(version, now());
      if (before.reasons.has(version) !== after.reasons.has(version))
        log.info(
          { version, ...(reason ? { reason } : {}) },
          reason ? 'the gate keeps a version out' : 'the gate lets a version in',
        );
    }
    keepOut(after);
  }

  #watch(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.look().then(() => this.#watch()), this.#deps.lookMs ?? 1000);
  }
}

function sameKeptOut(a: KeptOut, b: KeptOut): boolean {
  return (
    a.reasons.size === b.reasons.size &&
    a.instead.join() === b.instead.join() &&
    [...a.reasons].every(([version, reason]) => b.reasons.get(version) === reason)
  );
}

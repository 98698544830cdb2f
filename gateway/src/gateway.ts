import type { FastRoute } from '@coppice/serverkit';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { Accounting } from './accounting/accounting.ts';
import { CurrentEpoch } from './accounting/current-epoch.ts';
import { exceptFromPage, ofPresentRelease, type PredictionObserver } from './accounting/observer.ts';
import { createApp } from './app.ts';
import { Comparison } from './comparison/comparison.ts';
import { keptSlowLimit } from './comparison/slow-limit.ts';
import type { GatewayConfig } from './config.ts';
import { Control } from './control/control.ts';
import { fastPredict } from './endpoints/predict.ts';
import { createVersionProxy } from './endpoints/version-proxy.ts';
import { ComparisonLooks } from './experiments/comparison-looks.ts';
import { Experiments } from './experiments/experiments.ts';
import { openAdminToken } from './guard/admin-token.ts';
import { createGuard } from './guard/guard.ts';
import { GatewayMetrics } from './metrics/gateway-metrics.ts';
import { openDrift } from './open-drift.ts';
import { openReleases } from './open-releases.ts';
import { PredictionService } from './predict/prediction-service.ts';
import { BufferedRecord } from './record/buffered-record.ts';
import { costWarning } from './record/feedback-config.ts';
import { OmittedFeatures } from './record/omitted-features.ts';
import { seenThroughGate } from './releases/open-gate.ts';
import { Retraining } from './releases/retraining.ts';
import { Replay } from './replay/replay.ts';
import { replayProof } from './replay/replay-proof.ts';
import { createRollouts } from './rollout/create-rollouts.ts';
import { rolloutPhase } from './rollout/rollout-phase.ts';
import { Shadow } from './shadow/shadow.ts';
import { startEvents } from './start-events.ts';
import { LinkedDocuments } from './storage/linked-documents.ts';
import { openStorage } from './storage/open-storage.ts';
import { ObservedSplit } from './traffic/observed-split.ts';
import { TrafficSplit } from './traffic/traffic-split.ts';
import { Fleet } from './versions/fleet.ts';
import { ModelCatalog } from './versions/model-catalog.ts';

export type Gateway = {
  app: Express;
  /** Plain predictions without the app; null if its guard takes more than a look at their headers. */
  fastRoute: FastRoute | null;
  /** Resolves after the first readiness check of every version. */
  started: Promise<void>;
  /** Ends what would last for ever: streams of events. */
  endStreams(): void;
  /** Writes what is queued for the record and frees everything. Call it after the last answer. */
  close(): Promise<void>;
};

/** The observers of each counted row, by name. */
export type Observers = Record<'record' | 'drift' | 'shadow', PredictionObserver>;

type Options = {
  log: Logger;
  /** Decides the weighted split; 0 ≤ random() < 1. */
  random?: () => number;
  /** The observers that get the rows. Default: all; benchmarks leave some out. */
  observers?: (all: Observers) => readonly PredictionObserver[];
  /** Counts what happens. A benchmark's may count less. */
  metrics?: GatewayMetrics;
};

/** Assembles the gateway and starts its readiness checks. */
export async function openGateway(
  config: GatewayConfig,
  {
    log,
    random = Math.random,
    observers = (all) => Object.values(all),
    metrics = new GatewayMetrics({ versions: config.versions.map(({ name }) => name) }),
  }: Options,
): Promise<Gateway> {
  const catalog = new ModelCatalog();
  const storage = await openStorage(config.storage, {
    log,
    onWritable: (writable) => metrics.recordWritable(writable),
  });
  const omitted = new OmittedFeatures(config.record.omit);
  const record = new BufferedRecord(config.record, {
    storage,
    omitted,
    schema: () => catalog.shape(),
    onDropped: (rows) => metrics.recordDropped(rows),
  });

  catalog.onShape(({ classes, schema }) => {
    storage.health.note('omit', omitted.know(schema.specs));
    storage.health.note('costs', costWarning(config.record.feedback.costs, classes));
  });

  const epoch = new CurrentEpoch(config.versions.map(({ name }) => name));
  catalog.onRelease((version, release) => epoch.released(version, release));
  const fleet = new Fleet(config, { metrics, catalog, log });
  const environment = { weights: config.weights, shadow: config.shadow };
  const split = new ObservedSplit({
    versions: fleet.versions.map(({ name }) => name),
    salt: config.modelName,
    now: Date.now,
  });
  const traffic = new TrafficSplit({
    versions: fleet.versions,
    ...environment,
    salt: config.modelName,
    random,
    onWeights(weights) {
      split.begin(weights);
      // the gate changes shares too: another epoch of the same period, the same on all gateways
      epoch.begin(epoch.now.period, weights);
      for (const [version, weight] of Object.entries(weights)) metrics.trafficWeight(version, weight);
    },
  });
  const adminToken = openAdminToken({
    dataDir: config.dataDir,
    configured: config.guard.adminToken,
    publicUrl: config.guard.publicUrl,
    log,
  });
  const guard = createGuard(config.guard, { adminToken });
  const control = new Control({
    model: config.modelName,
    traffic,
    store: storage.control,
    environment,
    auth: guard.auth,
    epoch,
    onRollout(rollout, before) {
      // what becomes of its promotion is no change of it
      const ended = before?.period === rollout.period && before.state === 'done';
      if (!ended) metrics.rollouts.changed(rolloutPhase(rollout));
    },
    now: Date.now,
    log,
  });
  await control.start();
  // a version that does not answer yet is most likely what it was
  const last = storage.health.failing
    ? null
    : await storage.reader.call('comparison', 'lastEpoch', [epoch.now.period]).catch(() => null);
  if (last) epoch.resume(last);

  const { reader, writer, leases, health } = storage;
  const documents = new LinkedDocuments(writer);
  const { gate, releases, serving, report } = await openReleases(config, {
    ...{ traffic, fleet, catalog, control, leases, documents, log },
  });
  const { rollouts, controller } = createRollouts({
    ...{ config: config.rollout, control, metrics, log, now: Date.now },
    stores: {
      epochs: (from, to) => reader.call('comparison', 'epochs', [from, to]),
      documents,
      slowLimit: (rollout, epochs) => keptSlowLimit(storage, rollout, epochs),
      hold: (ms) => leases.hold('rollout', ms),
      release: () => leases.release('rollout'),
    },
    recorded: config.record.enabled,
    writable: () => !health.failing,
    find: (version) => seenThroughGate(fleet.find(version), traffic.keptOut(version), gate.since(version)),
    lookAgain: () => gate.judgeAgain(),
    release: (version) => catalog.release(version),
    async replayProof({ version, baseline, releases }) {
      const live = { version: baseline, release: releases.baseline };
      const proof = await replayProof(documents, version, releases.candidate, live);
      return proof && { ok: proof.passes, words: `${proof.why} (replay ${proof.replay})` };
    },
    promoter: {
      promotable: (version) => releases.promotable(version),
      aliases: () => releases.aliases(),
      promote: (release, reason) => releases.begin({ release, reason }, 'rollout'),
    },
    outcomeGood: config.record.feedback.outcomeGood,
  });
  const { drift, ...driftWatch } = openDrift(config.drift, {
    ...{ catalog, fleet, metrics, record, documents, log },
    readable: () => !health.failing,
  });
  const shadow = new Shadow({
    traffic,
    versions: fleet.versions,
    metrics,
    classes: () => catalog.shape()?.classes ?? [],
    onAnswer: (answer) => record.addShadowAnswer(answer),
    shown: (row) => omitted.without(row),
  });
  // what was counted of a model that a version no longer serves must not be mixed with the new one's
  catalog.onReplaced(() => {
    drift.restart();
    shadow.restart();
  });
  metrics.beforeScrape(() => {
    for (const { version, release } of serving()) metrics.releases.serves(version, release);
    for (const { version, assigned, verdict } of split.report().versions)
      metrics.split(version, assigned, verdict === 'differs');
  });
  const present = (version: string) => catalog.release(version);
  const accounting = new Accounting({
    metrics,
    releaseOf: (version, answered) => catalog.release(version, answered),
    observers: observers({
      record: { observe: (row) => record.append(row) },
      drift: exceptFromPage(ofPresentRelease(present, drift)),
      shadow: exceptFromPage(ofPresentRelease(present, shadow)),
    }),
  });
  const versions = fleet.versions.map(({ name }) => name);
  const comparison = new Comparison({
    ...{ storage, epoch, versions },
    shadow: () => traffic.shadow(),
    alpha: config.comparison.alpha,
    outcomeGood: config.record.feedback.outcomeGood,
    recorded: config.record.enabled,
    now: Date.now,
  });
  const experiments = new Experiments({
    ...{ storage, control, comparison, versions },
    recorded: config.record.enabled,
    now: Date.now,
  });
  const looks = new ComparisonLooks({ comparison, experiments, metrics, leases: storage.leases, log });
  const replay = new Replay({
    ...{ record, catalog, versions: fleet.versions, documents, log },
    ...{ leases: storage.leases, shared: storage.shared, now: Date.now, ticks: () => performance.now() },
  });
  const predictions = new PredictionService({ traffic, split, accounting, epoch });
  const events = startEvents({
    ...{ control, looks, metrics, releases },
    warnings: () => [...record.warnings(), ...gate.warnings()],
    rolloutLookMs: config.rollout.lookMs,
  });
  const proxy = createVersionProxy(config.upstream);

  const app = createApp({
    ...{
      log,
      metrics,
      catalog,
      traffic,
      predictions,
      accounting,
      guard,
      control,
      record,
      drift,
      shadow,
      comparison,
      experiments,
      replay,
      releases,
      retraining: new Retraining(releases.reading),
      rollouts,
      split,
      events,
      proxy,
    },
    modelName: config.modelName,
    report,
    timeline: (since, until, step) => storage.reader.call('history', 'timeline', [since, until, step]),
    warnings: () => [...record.warnings(), ...gate.warnings()],
  });

  await driftWatch.read();
  await gate.start();
  const started = fleet.start();
  looks.start();
  driftWatch.start(started);
  controller.start();
  releases.start();
  return {
    app,
    fastRoute: fastPredict({ predictions, accounting, log, catalog, guard }),
    started,
    endStreams: () => events.close(),
    async close() {
      driftWatch.stop();
      await controller.stop();
      await releases.stop();
      await looks.stop();
      await gate.stop();
      await control.stop();
      await replay.stop();
      await fleet.stop();
      proxy.close();
      await record.close();
      await storage.close();
    },
  };
}

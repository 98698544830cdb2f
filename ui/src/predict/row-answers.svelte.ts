import type { FeatureValue, Prediction } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import type { Predictor } from './predictor.svelte.ts';
import { VersionAnswers } from './version-answers.svelte.ts';

export type RowAnswers = VersionAnswers<FeatureValue[], { prediction: Prediction; ms: number }>;

/** What each version answers to the row of the inputs; previews, so that nothing is counted. Create it in a component. */
export const rowAnswers = (predictor: Predictor): RowAnswers =>
  new VersionAnswers(
    () => predictor.features,
    async (version, features, signal) => {
      const start = performance.now();
      const prediction = await api.predict(predictor.named(features), { version, preview: true, signal });
      return { prediction, ms: performance.now() - start };
    },
  );

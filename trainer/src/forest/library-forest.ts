import { RandomForestClassifier as Library } from 'ml-random-forest';

/** A node of ml-cart 2.1: one with both children splits, any other is a leaf. */
export type LibraryNode = {
  splitColumn?: number;
  splitValue?: number;
  left?: LibraryNode;
  right?: LibraryNode;
  /** Share of each class among a leaf's training rows: one row of a matrix. */
  distribution?: number[][];
};

export type LibraryModel = {
  name: 'RFClassifier';
  baseModel: {
    seed: number;
    isClassifier: true;
    indexes: number[][];
    nEstimators: number;
    estimators: { name: 'DTClassifier'; options: object; root: LibraryNode }[];
  };
};

export type ForestOptions = {
  nEstimators: number;
  seed: number;
  maxFeatures: number;
  replacement: boolean;
  /** Ours, unknown to ml-random-forest: whether each split looks at all features or draws ⌊√F⌋ of them. */
  featuresPerSplit: 'all' | 'sqrt';
  useSampleBagging: boolean;
  noOOB: boolean;
  treeOptions: { maxDepth: number; minNumSamples: number; gainThreshold: number };
};

/** The part of ml-random-forest's classifier in use; its own type declarations do not compile. */
export type LibraryForest = {
  estimators: { root: object }[];
  train(rows: ArrayLike<number>[], labels: number[]): void;
  predict(rows: ArrayLike<number>[]): number[];
  predictionValues(rows: ArrayLike<number>[]): { rows: number; getRow(row: number): number[] };
  toJSON(): LibraryModel;
};

export const RandomForestClassifier = Library as unknown as {
  new (options: Partial<ForestOptions>): LibraryForest;
  load(model: LibraryModel): LibraryForest;
};

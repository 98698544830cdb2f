/** Identity of a model server's model: its name in Open Inference paths, and its version. */
export type ModelIdentity = { modelName: string; modelVersion: string };

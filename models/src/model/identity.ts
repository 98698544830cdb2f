/** What a model server says of its model: its name in Open Inference paths, and which version it is. */
export type ModelIdentity = { modelName: string; modelVersion: string };

/**
 * What links a release with MLflow. The registered model has the release's model name; the version of it that is release 7 has
 * the tag `coppice.release` = 7, as has its run, since MLflow gives numbers of its own (the same ones where releases are
 * sent in their order and none is missing). Aliases have our names, `champion` and `challenger`.
 */
export const RELEASE_TAG = 'coppice.release';
/** SHA-256 of the release's `model.onnx`: the same number of another registry is another release. */
export const SHA256_TAG = 'coppice.sha256';
/** The folder of the MLflow model (`MLmodel`, `model.onnx`, `model-card.json`, …) among a run's artifacts. */
export const MODEL_FOLDER = 'model';

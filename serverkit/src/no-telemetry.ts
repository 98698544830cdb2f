/**
 * Import this before `onnxruntime-node`. From 1.30 its builds otherwise send usage events to their maker and leave an
 * identifier under `~/.cache/Microsoft` (microsoft/onnxruntime#27379); the variable counts only before it is loaded.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';

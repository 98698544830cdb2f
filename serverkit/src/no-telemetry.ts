/**
 * Import this before `onnxruntime-node`, which reads the variable when it loads. Without it, builds from 1.30 on send
 * usage events to Microsoft and leave an identifier under `~/.cache/Microsoft` (microsoft/onnxruntime#27379).
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';

/** Bytes of the largest body of each path; the page server refuses what the gateway would. */
export const bodyLimits = {
  /** 1,024 rows of some 50 features. */
  '/predict': 1024 * 1024,
  /** A full batch of 1,000 with references of 128 and class names of some 150 characters, most of them ASCII. */
  '/feedback': 512 * 1024,
  '/config': 64 * 1024,
  '/rollout': 64 * 1024,
  '/rollout/pause': 64 * 1024,
  '/rollout/resume': 64 * 1024,
  '/rollout/promote': 64 * 1024,
  '/rollout/abort': 64 * 1024,
  '/releases/promote': 64 * 1024,
  '/releases/rollback': 64 * 1024,
  '/releases/approve': 64 * 1024,
  '/releases/reject': 64 * 1024,
  '/releases/alias': 64 * 1024,
  /** Also of what ends one. */
  '/experiments': 64 * 1024,
  '/replay': 64 * 1024,
  /** Tensors of the Open Inference Protocol, below `/v2` and `/models`. */
  infer: 32 * 1024 * 1024,
} as const;

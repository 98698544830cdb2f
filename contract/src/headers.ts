type Header = {
  name: string;
  /** Sent by clients, or set on answers; a header that is both has two rows. */
  on: 'request' | 'answer';
  description: string;
  example?: string;
  /**
   * Operations whose OpenAPI description lists it: `both` are predict and infer, `all` also those that pass a request on to
   * a version; `none`: described elsewhere, as credentials are.
   */
  of: 'predict' | 'infer' | 'both' | 'all' | 'none';
  /** Not on every answer. */
  sometimes?: true;
};

/** The headers of the gateway's API. CORS and OpenAPI read this table, and a test compares it with real answers. */
export const headers: readonly Header[] = [
  {
    name: 'X-Model-Version',
    on: 'request',
    description: 'Pins the request to a version; it does not fail over.',
    example: 'v2',
    of: 'all',
  },
  {
    name: 'X-User-Id',
    on: 'request',
    description: 'Sticky key, at most 256 characters: the same user keeps the same version.',
    example: 'user-17',
    of: 'all',
  },
  {
    name: 'X-Source',
    on: 'request',
    description:
      '`page` marks what a person tries on the page: recorded, and left out of drift, shadow, split and performance. The page server sets it. Without it: `api`.',
    example: 'page',
    of: 'both',
  },
  { name: 'X-Request-Id', on: 'request', description: 'Echoed in the answer.', example: 'order-4711', of: 'both' },
  {
    name: 'Inference-Header-Content-Length',
    on: 'request',
    description: 'Bytes of JSON before binary tensors.',
    of: 'infer',
  },
  { name: 'Authorization', on: 'request', description: 'The admin token, or an API key.', of: 'none' },
  { name: 'X-API-Key', on: 'request', description: 'An API key.', of: 'none' },
  { name: 'Content-Type', on: 'request', description: 'Type of the body.', of: 'none' },
  { name: 'X-Model-Version', on: 'answer', description: 'The version that answered.', of: 'all' },
  {
    name: 'X-Model-Release',
    on: 'answer',
    description: 'Number of the release that answered; only where the version serves one of a registry.',
    example: '7',
    of: 'both',
    sometimes: true,
  },
  { name: 'X-Request-Id', on: 'answer', description: 'Echoed, or generated.', of: 'both' },
  { name: 'Server-Timing', on: 'answer', description: 'Milliseconds in the gateway.', of: 'both' },
  {
    name: 'Inference-Header-Content-Length',
    on: 'answer',
    description: 'Bytes of JSON before binary tensors.',
    of: 'infer',
  },
  { name: 'WWW-Authenticate', on: 'answer', description: 'The scheme that is required.', of: 'none' },
  { name: 'Allow', on: 'answer', description: 'The methods that a path has.', of: 'none' },
  { name: 'Retry-After', on: 'answer', description: 'Seconds to wait before a retry.', of: 'none' },
  { name: 'RateLimit-Policy', on: 'answer', description: 'Requests allowed per window, and its seconds.', of: 'none' },
  { name: 'RateLimit-Limit', on: 'answer', description: 'Requests allowed per minute.', of: 'none' },
  { name: 'RateLimit-Remaining', on: 'answer', description: 'Requests left in this minute.', of: 'none' },
  { name: 'RateLimit-Reset', on: 'answer', description: 'Seconds until the next minute begins.', of: 'none' },
];

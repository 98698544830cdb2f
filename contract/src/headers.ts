type Header = {
  name: string;
  /** Sent by clients, or set on answers; one of both has a row for each. */
  on: 'request' | 'answer';
  description: string;
  example?: string;
  /** Operations whose OpenAPI description names it. Others, such as credentials, are described elsewhere. */
  of?: 'predict' | 'infer' | 'both';
};

/** The headers of the gateway's API. CORS and OpenAPI read this table, and a test compares it with real answers. */
export const headers: readonly Header[] = [
  {
    name: 'X-Model-Version',
    on: 'request',
    description: 'Insists on a version; then there is no failover.',
    example: 'v2',
    of: 'both',
  },
  {
    name: 'X-User-Id',
    on: 'request',
    description: 'Sticky key, at most 256 characters: the same user keeps the same version.',
    example: 'user-17',
    of: 'both',
  },
  { name: 'X-Request-Id', on: 'request', description: 'Echoed in the answer.', example: 'order-4711', of: 'predict' },
  { name: 'Authorization', on: 'request', description: 'The admin token, or an API key.' },
  { name: 'X-API-Key', on: 'request', description: 'An API key.' },
  { name: 'Content-Type', on: 'request', description: 'Type of the body.' },
  { name: 'X-Model-Version', on: 'answer', description: 'The version that answered.', of: 'predict' },
  { name: 'X-Request-Id', on: 'answer', description: 'As sent, else made here.', of: 'predict' },
  { name: 'Server-Timing', on: 'answer', description: 'Milliseconds in the gateway.', of: 'predict' },
  { name: 'Retry-After', on: 'answer', description: 'Seconds until another try makes sense.' },
  { name: 'RateLimit-Policy', on: 'answer', description: 'Requests and the seconds they are counted over.' },
  { name: 'RateLimit-Limit', on: 'answer', description: 'Requests a minute.' },
  { name: 'RateLimit-Remaining', on: 'answer', description: 'Requests left in this minute.' },
  { name: 'RateLimit-Reset', on: 'answer', description: 'Seconds until the next minute begins.' },
];

import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('the settings of the page server', () => {
  it.each(['', '/', '/ml', '/ml/', '/a/b-c.d'])('takes %j as BASE_PATH', (text) =>
    expect(readConfig({ BASE_PATH: text }).basePath).toBe(text.replace(/\/$/, '')),
  );

  it.each(['ml', '//ml', '/ml//', '/a b', '/..', '/ml/../x', 'https://a.example/ml', '/:id', '/ml?x'])(
    'refuses %j as BASE_PATH',
    (text) =>
      expect(() => readConfig({ BASE_PATH: text })).toThrow(
        `BASE_PATH=${text} is not allowed: must be a path such as /ml`,
      ),
  );
});

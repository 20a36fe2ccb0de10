/** Reading through a cache that is allowed to fail: without it answers are slower, never wrong. */

export interface Cache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlSeconds: number): Promise<void>;
  /** Resolves when the cache answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface CachedRead<T> {
  readonly value: T | undefined;
  readonly hit: boolean;
}

/**
 * The value under `key`, from the cache or else from `load`, which is then remembered for `ttlSeconds`.
 * A failing cache and a damaged entry both count as a miss and are told to `onFailure`. Absence is not cached.
 */
export async function readThrough<T>(
  cache: Cache,
  key: string,
  ttlSeconds: number,
  load: () => Promise<T | undefined>,
  onFailure: (error: unknown) => void,
): Promise<CachedRead<T>> {
  try {
    const text = await cache.get(key);
    if (text !== undefined) return { value: JSON.parse(text) as T, hit: true };
  } catch (error) {
    onFailure(error);
  }
  const value = await load();
  if (value !== undefined) {
    try {
      await cache.set(key, JSON.stringify(value), ttlSeconds);
    } catch (error) {
      onFailure(error);
    }
  }
  return { value, hit: false };
}

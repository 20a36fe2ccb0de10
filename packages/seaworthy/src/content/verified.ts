/** Marks a value whose origin was proven, so that a parser can refuse, at compile time, what nobody checked. */

declare const proven: unique symbol;

/** Made only by {@link vouchFor}; an object literal of the same shape is not one. */
export interface Verified<T> {
  readonly value: T;
  /** What vouches for it: a key's fingerprint, a digest in a signed file. */
  readonly by: string;
  readonly [proven]: true;
}

/** Call it in the function that did the check, right after the check, and nowhere else. */
export function vouchFor<T>(value: T, by: string): Verified<T> {
  return { value, by } as Verified<T>;
}

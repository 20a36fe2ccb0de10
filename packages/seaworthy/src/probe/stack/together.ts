/** Promises that are all over before the first failure is told: what they started is gone by then. */

export async function together<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}

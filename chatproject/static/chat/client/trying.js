/** Calls that may fail: what became of one, and how long to wait before the next. */

const BACK_OFF_MS = 500; // the longest first pause; twice as long after each failure
const BACK_OFF_MAX_MS = 30_000;

/** Milliseconds, with full jitter. */
export const backOff = (failures) => Math.random() * Math.min(BACK_OFF_MAX_MS, BACK_OFF_MS * 2 ** failures);

/**
 * What a call gives at last, however often it fails meanwhile. Undefined where it is not wanted any more; throws what
 * another attempt would not help against.
 */
export async function persist(call, isWanted) {
  for (let failures = 0; ; failures += 1) {
    const { value, error } = await settled(call);
    if (!isWanted()) return undefined;
    if (!error) return value;
    if ([400, 403, 404].includes(error.status)) throw error;
    await new Promise((resolve) => setTimeout(resolve, (error.retryAfter ?? 0) * 1000 + backOff(failures)));
    if (!isWanted()) return undefined;
  }
}

/** What became of a call: its `value`, or its `error`. */
export async function settled(call, ...args) {
  try {
    return { value: await call(...args) };
  } catch (error) {
    return { error };
  }
}

/** Calls that may fail: what became of one, and how long to wait before the next. */

const BACK_OFF_MS = 500; // the longest first pause; twice as long after each failure
const BACK_OFF_MAX_MS = 30_000;

/** Milliseconds, with full jitter. */
export const backOff = (failures) => Math.random() * Math.min(BACK_OFF_MAX_MS, BACK_OFF_MS * 2 ** failures);

/** What became of a call: its `value`, or its `error`. */
export async function settled(call, ...args) {
  try {
    return { value: await call(...args) };
  } catch (error) {
    return { error };
  }
}

/** The page's shell on the device: see service-worker.js. */

const ADDRESS = "/service-worker.js";

// the page's policy has no trusted type but this one, and this one no other address
const policy = globalThis.trustedTypes?.createPolicy("service-worker", { createScriptURL: () => ADDRESS });

/** Whether this page may have a service worker: not by plain http, and not in a frame, which is the main site's page. */
export const canBeKept = "serviceWorker" in navigator && window.parent === window;

/** Have the service worker that this server has now; null where there can be none. */
export async function keepShell() {
  if (!canBeKept) return null;
  try {
    return (await navigator.serviceWorker.register(policy?.createScriptURL(ADDRESS) ?? ADDRESS)) ?? null;
  } catch {
    return null; // browsers may be told to keep nothing
  }
}

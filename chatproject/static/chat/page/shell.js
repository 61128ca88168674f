/** The page's shell on the device: see service-worker.js. */

const ADDRESS = "/service-worker.js";

// the page's policy has no trusted type but this one, and this one no other address
const policy = globalThis.trustedTypes?.createPolicy("service-worker", { createScriptURL: () => ADDRESS });

/** Whether this page may have a service worker: not by plain http, and not in a frame, which is the main site's page. */
export const canBeKept = "serviceWorker" in navigator && window.parent === window;

let settle;
const settled = new Promise((resolve) => (settle = resolve));

/** Have the service worker that this server has now; null where there can be none. */
export async function keepShell() {
  const registration = canBeKept ? await register() : null;
  settle(registration);
  return registration;
}

async function register() {
  try {
    return (await navigator.serviceWorker.register(policy?.createScriptURL(ADDRESS) ?? ADDRESS)) ?? null;
  } catch {
    return null; // browsers may be told to keep nothing
  }
}

/** Its registration, where it is at work by now; else null. The first time the page is opened it may not be yet. */
export async function serviceWorker() {
  const registration = await settled;
  return registration?.active ? registration : null;
}

/** Parts of the page that are loaded and made when somebody opens them first (apart.js). */

import { ChatError } from "../chat-client.js";
import { byId } from "./dom.js";
import { orNotify } from "./notices.js";

/**
 * A part, as `later(({ Search }) => new Search(client))`: its `open(…)` loads it first. `buttons`: the ids of those that
 * open it, to which it listens itself once it is there.
 */
export function later(make, { buttons = [] } = {}) {
  let made = null;
  const part = () => (made ??= load());

  async function load() {
    const apart = await import("./apart.js").catch((error) => {
      made = null; // to be tried again
      throw new ChatError({ code: "network" }, error);
    });
    for (const id of buttons) byId(id).removeEventListener("click", press);
    return make(apart);
  }

  const press = ({ currentTarget }) => orNotify(async () => {
    await part();
    currentTarget.click();
  });
  for (const id of buttons) byId(id).addEventListener("click", press);

  return { open: (...given) => orNotify(async () => (await part()).open(...given)) };
}

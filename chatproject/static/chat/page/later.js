/** Parts of the page that are loaded and made when somebody opens them first (apart.js). */

import { ChatError } from "../chat-client.js";
import { byId } from "./dom.js";
import { orNotify } from "./notices.js";

/**
 * A part, as `later(({ Search }) => new Search(client))`: its `open(…)` loads it first. `part` is what was made, null
 * before; `ready()` loads it. `buttons`: the ids of those that open it, to which it listens itself once it is there.
 */
export function later(make, { buttons = [] } = {}) {
  let made = null;
  const ready = () => (made ??= load());

  async function open(...given) {
    const { hash } = location;
    const part = it.part ?? (await orNotify(ready));
    if (location.hash === hash) part?.open(...given); // else it was about another room
  }

  const it = { part: null, open, ready };

  async function load() {
    const apart = await import("./apart.js").catch((error) => {
      made = null; // to be tried again
      throw new ChatError({ code: "network" }, error);
    });
    for (const id of buttons) byId(id).removeEventListener("click", press);
    return (it.part = make(apart));
  }

  const press = ({ currentTarget }) => orNotify(async () => {
    await ready();
    currentTarget.click();
  });
  for (const id of buttons) byId(id).addEventListener("click", press);

  return it;
}

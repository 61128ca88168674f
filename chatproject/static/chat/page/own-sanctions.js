/** What was done to me: said when it happens and above what I would write, with why and until when. */

import { byId } from "./dom.js";
import { later } from "./later.js";
import { announce, notify } from "./notices.js";
import { byWhom, endOf, whatWasDone } from "./sanction-words.js";
import { t } from "./texts.js";

const PAGE = 30;
const DAY_MS = 86_400_000; // timers of browsers take no more than 24 of them

export class OwnSanctions {
  #client;
  #banner = byId("muted");
  #room = null; // the client's open room
  #timer = null; // until the mute is over
  #mute = null; // the mute that holds there, once it is known why

  constructor(client) {
    this.#client = client;
    later(({ OwnSanctionsList }) => new OwnSanctionsList(client), { buttons: ["my-sanctions-open", "muted-more"] });
    client.on("sanction", ({ sanction }) => this.#hear(sanction));
    client.on("rules", ({ room }) => room === this.#room && this.#showBanner());
  }

  // --- as it happens

  #hear(sanction) {
    const words = sanction.lifted ? t("It was lifted: %(what)s", { what: whatWasDone(sanction) }) : this.#said(sanction);
    notify(words);
    announce(words);
    if (sanction.act === "mute" && sanction.roomId === this.#room?.roomId) {
      this.#mute = sanction.lifted ? null : sanction;
      this.#showBanner();
    }
  }

  #said(sanction) {
    const why = sanction.reason === "" ? null : t("Reason: %(reason)s", { reason: sanction.reason });
    return [`${sanction.roomName}: ${whatWasDone(sanction)}`, why, endOf(sanction), byWhom(sanction)].filter(Boolean).join(" · ");
  }

  // --- in the open room

  enter(room) {
    this.#room = room;
    this.#mute = null;
    this.#showBanner();
  }

  async #showBanner() {
    const room = this.#room;
    const until = room?.rules?.mutedUntil ?? null;
    const isMuted = until !== null && Date.parse(until) > Date.now();
    clearTimeout(this.#timer);
    this.#banner.hidden = !isMuted;
    if (!isMuted) return;
    this.#timer = setTimeout(() => this.#showBanner(), Math.min(Date.parse(until) - Date.now() + 50, DAY_MS));
    this.#fillBanner();
    if (this.#mute?.until === until) return;
    const page = await this.#client.sanctions.mine({ limit: PAGE }).catch(() => null);
    const mute = page?.sanctions.find((one) => one.act === "mute" && one.roomId === room.roomId && one.isInForce);
    if (room !== this.#room || !mute) return;
    this.#mute = mute;
    this.#fillBanner();
  }

  #fillBanner() {
    const { reason = "" } = this.#mute ?? {};
    byId("muted-why").textContent = reason === "" ? "" : t("Reason: %(reason)s", { reason });
    byId("muted-by").textContent = this.#mute === null ? "" : byWhom(this.#mute);
  }
}

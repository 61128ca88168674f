/** What is in the pictures of one's own message, said after it was sent. */

import { dialogOf } from "./dialog.js";
import { byId, make } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { describable } from "./slides.js";
import { t } from "./texts.js";
import { ALT_MAX } from "./tray.js";

export class PictureDescriptions {
  #client;
  #dialog = dialogOf("describe-dialog");
  #form = byId("describe-form");
  #fields = byId("describe-fields");
  #roomId = null;
  #before = new Map(); // by file id

  constructor(client) {
    this.#client = client;
    const save = oneAtATime(() => this.#save());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      save();
    });
  }

  /** `addresses`: where the pictures are, as far as it is known (pictures.js). */
  open(message, addresses) {
    const files = describable(message);
    this.#roomId = message.roomId;
    this.#before = new Map(files.map(({ fileId, alt }) => [fileId, alt]));
    this.#fields.replaceChildren(...files.map((file) => field(file, addresses[file.fileId])));
    this.#dialog.showModal();
    this.#fields.querySelector("textarea").focus();
  }

  async #save() {
    const room = this.#client.room(this.#roomId);
    const written = [...this.#fields.querySelectorAll("textarea")].map(({ name, value }) => [Number(name), value.trim()]);
    const changed = written.filter(([fileId, alt]) => alt !== this.#before.get(fileId));
    const saved = await orNotify(() => Promise.all(changed.map(([fileId, alt]) => room.describeFile(fileId, alt))));
    if (saved === undefined) return;
    this.#dialog.close();
    if (changed.length > 0) notify(t("Saved."));
  }
}

function field({ fileId, name, alt }, { previews, local } = {}) {
  const address = previews?.["320"] ?? previews?.["1280"] ?? local;
  const drawn = address ? make("img", { src: address, alt: "" }) : null;
  const text = make("textarea", { name: String(fileId), rows: 2, maxLength: ALT_MAX, value: alt, placeholder: t("Describe it for those who do not see it") });
  return make("label", { className: "labelled describe" }, drawn, make("span", {}, name, text));
}

/** What this member is told of: keywords of their own on all devices, and what this browser may show. */

import { ChatError } from "../chat-client.js";
import { dialogOf } from "./dialog.js";
import { byId, hiddenText, icon, make } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { failureOf, t } from "./texts.js";

export class NotificationSettings {
  #notifications;
  #dialog = dialogOf("notifications-dialog");
  #words = byId("keywords-list");
  #word = byId("keyword");
  #drawn = ""; // the words in the list: drawn anew for nothing, a button loses its click

  constructor(notifications) {
    this.#notifications = notifications;
    byId("notifications-open").addEventListener("click", () => this.#open());
    byId("notify-browser").addEventListener("change", ({ target }) => this.#allow(target));
    byId("notify-push").addEventListener("change", ({ target }) => this.#pushed(target));
    byId("notify-sound").addEventListener("change", ({ target }) => notifications.chime.turn(target.checked));
    byId("notify-text").addEventListener("change", ({ target }) => notifications.notices.hideText(!target.checked));
    const add = oneAtATime(() => this.#add());
    byId("keywords-form").addEventListener("submit", (event) => {
      event.preventDefault();
      add();
    });
  }

  #open() {
    byId("me-dialog").close();
    this.#show();
    this.#dialog.showModal();
    this.#notifications.begin().then(() => this.#show()); // another device may have changed them
  }

  #show() {
    const { keywords, chime, push } = this.#notifications;
    const { canShow, shows, hidesText } = this.#notifications.notices;
    byId("notify-browser").checked = shows;
    byId("notify-browser").disabled = !canShow;
    byId("notify-blocked").hidden = canShow;
    byId("notify-push-switch").hidden = !push.canBe;
    byId("notify-push").checked = push.isOn;
    byId("notify-push").disabled = !canShow;
    byId("notify-sound-switch").hidden = !chime.canRing;
    byId("notify-sound").checked = chime.isOn;
    byId("notify-text").checked = !hidesText;
    byId("notify-text").disabled = !shows;
    const words = JSON.stringify(keywords);
    if (words === this.#drawn) return;
    this.#drawn = words;
    this.#words.replaceChildren(...keywords.map((word) => this.#row(word)));
  }

  #row(word) {
    const label = t("Remove %(word)s", { word });
    const remove = oneAtATime(() => this.#save(this.#notifications.keywords.filter((other) => other !== word)));
    const button = make("button", { type: "button", className: "icon-button", title: label, onclick: remove }, icon("close"), hiddenText(label));
    return make("li", {}, make("span", { textContent: word }), button);
  }

  async #allow(box) {
    await this.#notifications.show(box.checked);
    this.#show();
  }

  /** The browser is asked first, in the click: it may never have been. */
  async #pushed(box) {
    const { notices, push } = this.#notifications;
    try {
      if (!box.checked || (await notices.ask())) await push.turn(box.checked);
    } catch (error) {
      notify(error instanceof ChatError ? failureOf(error) : t("The push service of this browser cannot be reached."));
    }
    this.#show();
  }

  async #add() {
    const word = this.#word.value.trim();
    if (word === "" || !(await this.#save([...this.#notifications.keywords, word]))) return;
    this.#word.value = "";
    this.#word.focus();
  }

  async #save(keywords) {
    const saved = await orNotify(async () => {
      await this.#notifications.setKeywords(keywords);
      return true;
    });
    this.#show();
    return saved ?? false;
  }
}

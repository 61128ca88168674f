/** Reports of the open room: who opens which dialog. */

import { closeDialogs } from "./dialog.js";
import { byId } from "./dom.js";
import { later } from "./later.js";
import { speakerOf } from "./speaker.js";
import { t } from "./texts.js";

export class Reporting {
  #form;
  #place;

  /** `place()` tells `{ roomId, roomName }` of the open room, `member()` `{ memberId, nickName }` of the open card. */
  constructor(client, { place, member }) {
    this.#place = place;
    this.#form = later(({ ReportForm }) => new ReportForm(client));
    const cases = later(({ RoomCases }) => new RoomCases(client));
    byId("about-report").addEventListener("click", () => {
      closeDialogs();
      this.#open({}, { what: t("The room “%(name)s”", { name: place().roomName }) });
    });
    byId("about-cases").addEventListener("click", () => {
      closeDialogs();
      cases.open(place().roomId);
    });
    byId("member-report").addEventListener("click", () => {
      const { memberId, nickName } = member();
      closeDialogs();
      this.#open({ memberId }, { what: t("The member %(name)s", { name: nickName }) });
    });
  }

  message(message) {
    const what = t("A message of %(name)s", { name: speakerOf(message) });
    this.#open({ seq: message.seq }, { what, quote: message.message });
  }

  #open(about, shown) {
    this.#form.open({ roomId: this.#place().roomId, ...about }, shown);
  }
}

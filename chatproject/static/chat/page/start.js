/** Before there is a chat: choosing a member in the demo, or where to sign in. */

import { closeDialogs } from "./dialog.js";
import { avatar, byId, make } from "./dom.js";
import { isDemo, pageSettings, pickMember } from "./session.js";
import { t } from "./texts.js";

/** Show the way in; `onPicked()` when a member of the demo was chosen. `reason`: why the last try failed. */
export function showStart({ onPicked, reason = "" }) {
  closeDialogs();
  byId("chat").hidden = true;
  byId("start").hidden = false;
  byId("start-demo").hidden = !isDemo;
  byId("start-signed-out").hidden = isDemo;
  if (isDemo) {
    byId("start-members").replaceChildren(...pageSettings.demoMembers.map((member) => choice(member, onPicked)));
    return;
  }
  byId("start-reason").textContent = reason;
  const [site] = pageSettings.frontOrigins;
  byId("start-link").hidden = site === undefined;
  if (site !== undefined) byId("start-link").href = site;
}

function choice({ memberId, nickName, role }, onPicked) {
  const pick = () => {
    pickMember(memberId);
    onPicked();
  };
  const note = role === "ADMIN" ? make("small", { textContent: t("moderator") }) : null;
  return make("li", {}, make("button", { type: "button", className: "pick", onclick: pick }, avatar(nickName, memberId), make("span", { textContent: nickName }), note));
}

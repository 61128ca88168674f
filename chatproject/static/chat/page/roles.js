/** What members are in a room, in words beside their names. */

import { make } from "./dom.js";
import { t } from "./texts.js";

const words = () => ({ owner: t("owner"), manager: t("manager") });

/** Of a plain member: null. */
export const roleName = (role) => words()[role] ?? null;

export function roleBadge(role) {
  const name = roleName(role);
  return name === null ? null : make("span", { className: `role ${role}`, textContent: name });
}

/** Messages that say nothing: deleted ones, and those that a manager has hidden. No DOM. */

import { t } from "./texts.js";

export const isHidden = ({ deletedAt, hiddenAt = null }) => deletedAt === null && hiddenAt !== null;

export const isGone = (message) => message.deletedAt !== null || isHidden(message);

/** What stands in its place. */
export const goneWords = (message) => (isHidden(message) ? t("This message was hidden.") : t("This message was deleted."));

/** What people read of files: what a message has, why one was refused. No DOM. */

import { isPicture } from "./file-kinds.js";
import { firstLine, plainText } from "./plain-text.js";
import { t, tn } from "./texts.js";

/** "Picture", "3 files": of a message; "" where it has none. */
export function filesWords({ attachments = [] }) {
  const count = attachments.length;
  if (count === 0) return "";
  const pictures = attachments.filter(isPicture).length;
  if (pictures === count) return count === 1 ? t("Picture") : tn("%(count)s picture", "%(count)s pictures", { count });
  if (pictures === 0) return count === 1 ? t("File") : tn("%(count)s file", "%(count)s files", { count });
  return tn("%(count)s picture or file", "%(count)s pictures and files", { count });
}

/** What a message says as it was written, and that it has files. */
export const saidWith = (message) => withFiles(message.message, message);

const withFiles = (text, message) => [text, filesWords(message)].filter(Boolean).join(" · ");

/** What a message says where there is one line for it. */
export const lineOf = (message) => withFiles(firstLine(message.message), message);

/** The same in full. */
export const wordsOf = (message) => withFiles(plainText(message.message), message);

export function refusalWords(reason) {
  const words = {
    length: t("Not all of it arrived"),
    type: t("It is not what its name says"),
    damaged: t("It is damaged"),
    pixels: t("The picture has too many pixels"),
    frames: t("The picture moves for too long"),
    infected: t("It is harmful"),
  };
  return words[reason] ?? t("It could not be checked");
}

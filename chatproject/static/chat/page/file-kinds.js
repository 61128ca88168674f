/** Which files may be sent, as far as a name says, and how large they are in words. No DOM: the server decides. */

const PICTURES = ["jpg", "jpeg", "jfif", "png", "webp", "gif", "heic", "heif"];
const OTHERS = ["pdf", "zip", "txt", "log", "md"];
const UNITS = ["B", "KB", "MB", "GB"];

const endOf = (name) => (name.includes(".") ? name.toLowerCase().split(".").at(-1) : "");

/** For a file picker; `image/*` makes phones offer the camera. */
export const ACCEPTED = ["image/*", ...[...PICTURES, ...OTHERS].map((end) => `.${end}`)].join(",");

export const isSendable = ({ name }) => [...PICTURES, ...OTHERS].includes(endOf(name));

/** Of a file in a message, or of one that somebody picked. */
export const isPicture = ({ type, name }) => type.startsWith("image/") || (type === "" && PICTURES.includes(endOf(name)));

/** "12 KB", "3.4 MB" */
export function sizeWords(bytes) {
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < UNITS.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${unit > 1 && size < 10 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}

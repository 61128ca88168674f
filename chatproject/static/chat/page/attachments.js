/**
 * What a message has beside its text: pictures as a grid, other files as rows, the page that it links to as a card. Each
 * has its size before anything of it has come, so that nothing moves. Without listeners, as all of message.js.
 */

import { hiddenText, icon, linkTo, make } from "./dom.js";
import { isPicture, sizeWords } from "./file-kinds.js";
import { refusalWords } from "./file-words.js";
import { t } from "./texts.js";

const SINGLE_PX = 240; // the height of a picture that stands alone: attachments.css
const TILE_PX = 160; // the side of one among others, at most

/** `addresses`: by file id, what is known of where they are: pictures.js. */
export function attachmentsOf({ attachments, state = "sent" }, addresses = {}) {
  const isHeardOf = ["sending", "sent"].includes(state); // of one that was not said, nobody hears how the check of its files ends
  const isShown = (file) => isPicture(file) && ["checking", "ready"].includes(file.state);
  const pictures = attachments.filter(isShown);
  const rows = attachments.filter((file) => !isShown(file));
  return [pictures.length > 0 ? grid(pictures, addresses, isHeardOf) : null, ...rows.map((file) => row(file, isHeardOf))].filter(Boolean);
}

function grid(pictures, addresses, isHeardOf) {
  const isAlone = pictures.length === 1;
  const columns = pictures.length === 2 || pictures.length === 4 ? "two" : "three";
  const tiles = pictures.map((file) => (file.state === "ready" ? picture(file, addresses[file.fileId], isAlone) : checking(file, addresses[file.fileId], isAlone, isHeardOf)));
  return make("div", { className: isAlone ? "pictures alone" : `pictures ${columns}` }, ...tiles);
}

export const nameOf = ({ alt, name }) => alt || t("Picture: %(name)s", { name });

function picture(file, { previews = null } = {}, isAlone) {
  const { fileId, width, height } = file;
  const button = make("button", { type: "button", className: "picture", tabIndex: -1, "data-act": "picture", "data-file": fileId });
  if (isAlone && Math.max(width, height) < SINGLE_PX) button.classList.add("small");
  const size = { width: width ?? 4, height: height ?? 3 };
  const drawn = make("img", { ...size, alt: nameOf(file), decoding: "async", className: "shown", draggable: false });
  drawn.setAttribute("loading", "lazy"); // before the address
  if (previews) fill(drawn, size, previews, isAlone);
  else button.dataset.wants = fileId; // its address, once it is near what is in sight
  button.append(drawn);
  return button;
}

function fill(drawn, { width, height }, previews, isAlone) {
  const widthOf = (longer) => Math.round(longer * Math.min(1, width / height));
  drawn.setAttribute("sizes", `${isAlone ? Math.round((SINGLE_PX * width) / height) : Math.round(TILE_PX * Math.max(1, width / height))}px`);
  drawn.setAttribute("srcset", Object.entries(previews).map(([longer, address]) => `${address} ${widthOf(Number(longer))}w`).join(", "));
  drawn.setAttribute("src", previews["320"] ?? previews["1280"]);
}

/** Of one's own what was picked is shown meanwhile. */
function checking({ name }, { local } = {}, isAlone, isHeardOf) {
  const own = local ? make("img", { src: local, alt: "", className: "shown", draggable: false, ...(isAlone && { width: 4, height: 3 }) }) : icon("picture");
  const words = isHeardOf ? make("span", { className: "state" }, t("Being checked…"), hiddenText(` ${name}`)) : hiddenText(name);
  return make("div", { className: "picture checking" }, own, words);
}

function row(file, isHeardOf) {
  const { fileId, name, size, state, reason } = file;
  const words = {
    checking: () => (isHeardOf ? `${sizeWords(size)} · ${t("Being checked…")}` : sizeWords(size)),
    ready: () => sizeWords(size),
    refused: () => t("Not shown: %(why)s.", { why: refusalWords(reason) }),
    gone: () => t("It is kept no longer."),
  };
  const lines = make("span", { className: "file-lines" }, make("span", { className: "file-name", textContent: name, dir: "auto" }), make("small", { textContent: words[state]() }));
  const drawing = icon(state === "refused" ? "block" : isPicture(file) ? "picture" : "file");
  if (state !== "ready") return make("div", { className: `file-row ${state}` }, drawing, lines);
  const label = t("Download %(name)s", { name });
  const download = make("button", { type: "button", className: "icon-button", tabIndex: -1, title: label, "data-act": "download", "data-file": fileId }, icon("download"), hiddenText(label));
  return make("div", { className: "file-row" }, drawing, lines, download);
}

/** A link's card. Its words are the linked page's own: text, as everything is. */
export function linkCard({ preview }, addresses = {}) {
  const host = preview === null ? null : hostOf(preview.url);
  if (host === null) return null;
  const { url, title, description = "", site = "", fileId = null } = preview;
  const text = make(
    "span",
    { className: "link-lines" },
    make("small", { textContent: site || host }),
    make("strong", { textContent: title, dir: "auto" }),
    description === "" ? null : make("span", { className: "link-about", textContent: description, dir: "auto" }),
  );
  const card = linkTo(url, text, fileId === null ? null : cardPicture(fileId, addresses[fileId]));
  card.className = "link-card";
  return card;
}

/** Null for what is no web address. */
function hostOf(address) {
  try {
    const { protocol, hostname } = new URL(address);
    return ["http:", "https:"].includes(protocol) ? hostname : null;
  } catch {
    return null;
  }
}

function cardPicture(fileId, { previews } = {}) {
  const box = make("span", { className: "link-picture" });
  if (!previews) box.dataset.wants = fileId;
  else box.append(make("img", { loading: "lazy", alt: "", draggable: false, width: 88, height: 88, src: previews["320"] ?? previews["1280"], className: "shown", "data-file": fileId }));
  return box;
}

/** Elements made of text. Nothing on this page ever reads a string as markup. */

import { addressesIn } from "./links.js";

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** An element with these properties or attributes; `onclick` and its like become listeners. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** One of the drawings in templates/chat/icons.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

export const hiddenText = (text) => make("span", { className: "visually-hidden", textContent: text });

/** One of eight colours, the same for the same id wherever it stands: as a mark, a name, a mention, beside a quote. */
export const hueOf = (id) => `hue-${Math.abs(id ?? 0) % 8}`;

/** A round mark with the name's first letter, in the colour of its id. */
export function avatar(name, id, { className = "" } = {}) {
  const letter = [...name.trim()][0] ?? "?";
  return make("span", {
    className: `avatar ${hueOf(id)} ${className}`,
    "aria-hidden": "true",
    textContent: letter.toUpperCase(),
  });
}

/** Put exactly these nodes into `parent`; those there already are not moved without need, and keep the focus. */
export function place(parent, nodes) {
  const focused = document.activeElement;
  const wanted = new Set(nodes);
  for (const node of [...parent.childNodes]) if (!wanted.has(node)) node.remove();
  let next = parent.firstChild;
  for (const node of nodes) {
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
  }
  if (focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
}

/**
 * Make `element` and what is in it look like `drawn`. A node that is there already stays, and with it the focus, a
 * selection, and the click of who presses a button just now; listeners stay too, so `drawn` should have none.
 */
export function redraw(element, drawn) {
  for (const { name } of [...element.attributes]) if (!drawn.hasAttribute(name)) element.removeAttribute(name);
  for (const { name, value } of drawn.attributes) if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  const [present, wanted] = [[...element.childNodes], [...drawn.childNodes]];
  for (const node of present.slice(wanted.length)) node.remove();
  for (const [at, node] of wanted.entries()) {
    const old = present[at];
    if (old === undefined) element.append(node);
    else if (old.isEqualNode(node)) continue;
    else if (old instanceof Element && old.nodeName === node.nodeName) redraw(old, node);
    else old.replaceWith(node);
  }
}

/** A link out of this page, in a tab of its own, which learns nothing of this one. */
export function linkTo(address, ...words) {
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, ...words);
}

/** Text with its web addresses as links. */
export function linked(text) {
  const parts = [];
  let shown = 0;
  for (const { start, end } of addressesIn(text)) {
    const address = text.slice(start, end);
    parts.push(text.slice(shown, start));
    parts.push(linkTo(address, address));
    shown = end;
  }
  return [...parts, text.slice(shown)];
}

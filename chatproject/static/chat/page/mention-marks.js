/** Mentions in what is shown of a message: the names in its text, those of who looks stronger. */

import { hueOf, make } from "./dom.js";
import { EVERYONE, placesOf } from "./mention-text.js";

/**
 * Mark in the drawn `nodes` where these are mentioned, [{ memberId (null: everyone), name, isMe }]. Code and links
 * stay as they are.
 */
export function markMentions(nodes, people) {
  if (people.length === 0) return nodes;
  for (const node of nodes) for (const text of textsIn(node)) mark(text, people);
  return nodes;
}

/** Whom a message mentions, by the names that stand in its text, as far as they are known. */
export function mentionedIn({ mentions = [], everyone = false }, { me, nameOf }) {
  const members = mentions.map((memberId) => ({ memberId, name: nameOf(memberId), isMe: memberId === me }));
  const all = everyone ? EVERYONE.map((name) => ({ memberId: null, name, isMe: false })) : [];
  return [...members, ...all].filter(({ name }) => name);
}

function textsIn(node) {
  const texts = [];
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (walker.currentNode.parentElement.closest("a, code, pre, button") === null) texts.push(walker.currentNode);
  return texts;
}

function mark(node, people) {
  const text = node.data;
  const places = placesOf(text, people);
  if (places.length === 0) return;
  const parts = [];
  let shown = 0;
  for (const { start, end, who } of places) {
    const className = who.isMe ? "mention mine" : who.memberId === null ? "mention" : `mention ${hueOf(who.memberId)}`;
    parts.push(text.slice(shown, start), make("span", { className, textContent: text.slice(start, end) }));
    shown = end;
  }
  node.replaceWith(...parts, text.slice(shown));
}

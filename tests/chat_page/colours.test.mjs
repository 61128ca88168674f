// The colours of members: each can be read wherever it stands, by day and by night.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { hueOf } from "../../chatproject/static/chat/page/dom.js";

const styles = (name) => readFileSync(new URL(`../../chatproject/static/chat/page/${name}.css`, import.meta.url), "utf8");
const PEOPLE = styles("people");
const BASE = styles("base");
const READABLE = 4.5; // WCAG 2.2, 1.4.3
const SEEN = 3; // 1.4.11
const EIGHT = [...Array(8).keys()];

const valueOf = (name) => PEOPLE.match(new RegExp(`--${name}: (#[0-9a-f]{6})`))[1];
const groundOf = (name) => BASE.match(new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`)).slice(1);

function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test("a member's name can be read on the page, in bubbles and quotes, in both themes", () => {
  for (const ground of ["page", "card", "sunk", "spark-soft"].map(groundOf)) {
    for (const number of EIGHT) {
      assert.ok(contrast(valueOf(`hue-${number}`), ground[0]) >= READABLE, `hue ${number} on ${ground[0]}`);
      assert.ok(contrast(valueOf(`tint-${number}`), ground[1]) >= READABLE, `tint ${number} on ${ground[1]}`);
    }
  }
});

test("so can the letter in their mark, and the line beside a quote of theirs is seen in one's own bubble", () => {
  for (const number of EIGHT) {
    assert.ok(contrast(valueOf(`hue-${number}`), "#ffffff") >= READABLE);
    for (const ground of groundOf("own")) assert.ok(contrast(valueOf(`tint-${number}`), ground) >= SEEN, `tint ${number} on ${ground}`);
  }
});

test("a member has one of them, the same each time", () => {
  assert.equal(hueOf(11), "hue-3");
  assert.equal(hueOf(null), "hue-0");
});

/** What one may jump to, by what was typed: the best first. Pure. */

import { beginsWith, holds } from "./hangul.js";

const SHOWN_MAX = 12;

/**
 * Of `entries` `{ name, kind, … }` those whose names hold what was typed, names that are just that or begin so before others,
 * otherwise in their order; with nothing typed the first ones.
 */
export function found(entries, typed) {
  const wanted = typed.trim();
  if (wanted === "") return entries.slice(0, SHOWN_MAX);
  const rank = ({ name }) => (name === wanted ? 0 : beginsWith(name, wanted) ? 1 : 2);
  const fits = entries.filter(({ name }) => holds(name, wanted));
  return fits.sort((one, other) => rank(one) - rank(other)).slice(0, SHOWN_MAX);
}

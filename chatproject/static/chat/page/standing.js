/** What this member may do in the open room, for what the page offers; the server decides. Pure. */

const RANKS = { member: 1, manager: 2, owner: 3 };
const STAFF = 4; // ADMINs, in every room

export class Standing {
  #rules;
  #isGroup;
  #isAdmin;

  /** `rules` are the client's of the room; a private room has no managers. */
  constructor({ rules, isGroup, isAdmin }) {
    this.#rules = rules;
    this.#isGroup = isGroup;
    this.#isAdmin = isAdmin;
  }

  get #rank() {
    if (!this.#isGroup) return RANKS.member;
    return this.#isAdmin ? STAFF : RANKS[this.#rules.role];
  }

  get isManager() { return this.#rank >= RANKS.manager; }
  get isOwner() { return this.#rank >= RANKS.owner; }

  /** Whether this member's acts reach that one; null: the assistant, or an author who is gone. */
  isAbove(memberId) {
    const other = RANKS[this.#rules.roleOf(memberId)] ?? 0;
    return this.isManager && (this.#rank === STAFF || this.#rank > other);
  }
}

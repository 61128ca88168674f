/** What is done to a message that is there: edited, deleted, reacted to, pinned, hidden. Repeating one does no harm. */

export class Act {
  settle; // with the reply, or with the promise of another act's

  constructor(frame) {
    this.frame = frame;
    this.slot = slotOf(frame);
    this.reply = new Promise((resolve) => { this.settle = resolve; });
  }

  /** Whether nothing is left of an earlier act once this one is done. */
  overrides({ slot, frame }) {
    const isSame = slot === this.slot && frame.seq === this.frame.seq;
    return isSame && !(frame.type === "delete" && this.frame.type === "edit"); // that is refused, and should be
  }

  /** Do both in one: what this one leaves open stays as the earlier one has it. */
  absorb(earlier) {
    if (earlier.frame.type === this.frame.type) this.frame = { ...earlier.frame, ...defined(this.frame) };
    earlier.settle(this.reply);
  }
}

/** Of the same slot one is sent after the other, so that the last one wins. */
function slotOf({ type, roomId, seq, key }) {
  if (type === "pin") return `pin ${roomId}`; // there is one notice
  if (type === "hide") return `hide ${roomId} ${seq}`;
  return type === "react" ? `react ${roomId} ${seq} ${key}` : `text ${roomId} ${seq}`;
}

const defined = (frame) => Object.fromEntries(Object.entries(frame).filter(([, value]) => value !== undefined));

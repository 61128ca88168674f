/** Where one is in the scrolled messages, and how one stays there while they change. */

const AT_END_PX = 48;

export class TimelinePosition {
  #scroller;
  #list;

  constructor(scroller, list) {
    [this.#scroller, this.#list] = [scroller, list];
  }

  get top() {
    return this.#scroller.scrollTop;
  }

  set top(pixels) {
    this.#scroller.scrollTop = pixels;
  }

  get toEnd() {
    return this.#scroller.scrollHeight - this.#scroller.scrollTop - this.#scroller.clientHeight;
  }

  get isAtEnd() {
    return this.toEnd < AT_END_PX;
  }

  /** Nobody can scroll. */
  get isAllInSight() {
    return this.#scroller.scrollHeight === this.#scroller.clientHeight;
  }

  goToEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Whether the whole of this element has been scrolled past, or into sight. */
  hasSeen(element) {
    return element.offsetTop + element.offsetHeight <= this.#scroller.scrollTop + this.#scroller.clientHeight + 8;
  }

  /** Do `change` to the messages: what is looked at stays where it is, or the end does, where one `follows` it. */
  keep(change, { follows }) {
    const anchor = follows ? null : this.#anchor();
    const before = anchor === null ? 0 : anchor.offsetTop - this.top;
    change();
    if (follows) this.goToEnd();
    else if (anchor?.isConnected) {
      const top = anchor.offsetTop - before;
      if (Math.abs(top - this.top) >= 1) this.top = top;
    }
  }

  /** The first element of which something is in sight; null where there is none. */
  firstInSight() {
    const { top } = this;
    const elements = this.#list.children;
    let low = 0;
    let high = elements.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (elements[middle].offsetTop + elements[middle].offsetHeight > top) high = middle;
      else low = middle + 1;
    }
    return elements[low] ?? null;
  }

  /** A day's line may go when messages come before it: hold on to a message. */
  #anchor() {
    let element = this.firstInSight();
    while (element?.nextElementSibling && !element.classList.contains("message")) element = element.nextElementSibling;
    return element;
  }
}

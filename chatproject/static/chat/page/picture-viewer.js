/** One picture over the whole page, with those before and after it: larger, smaller, moved, saved. */

import { nameOf } from "./attachments.js";
import { dialogOf } from "./dialog.js";
import { byId } from "./dom.js";
import { onDeleted } from "./forgetting.js";
import { notify } from "./notices.js";
import { speakerOf } from "./speaker.js";
import { dateTimeOf, t } from "./texts.js";
import { listenForZoom } from "./zoom-gestures.js";
import { DOUBLE_TAP, moved, WHOLE, zoomed } from "./zoom.js";

const STEP = 1.5; // of a key or a button
const KEY_PX = 80; // by which an arrow moves what is larger than the frame
const LARGE = 1.5; // from there on the picture itself is shown, not its preview
const SMALL = 1_000_000; // bytes: shown as it is, and moving where it moves
const MIDDLE = { x: 0, y: 0 };

export class PictureViewer {
  #dialog = dialogOf("viewer");
  #frame = byId("viewer-frame");
  #picture = byId("viewer-picture");
  #room = null;
  #slides = [];
  #at = 0;
  #lies = WHOLE;
  #address = null; // of the picture itself
  #isRetried = false;

  constructor(client, { onDownload }) {
    listenForZoom(this.#frame, {
      zoom: (factor, point) => this.#zoom(factor, point),
      drag: (by) => this.#move(by),
      doubleTap: (point) => (this.#isWhole ? this.#zoom(DOUBLE_TAP, point) : this.#lay(WHOLE)),
      swipe: (step) => this.#go(step),
      isWhole: () => this.#isWhole,
    });
    this.#dialog.addEventListener("keydown", (event) => this.#press(event));
    this.#dialog.addEventListener("close", () => this.#end());
    this.#picture.addEventListener("error", () => this.#failed());
    byId("viewer-before").addEventListener("click", () => this.#go(-1));
    byId("viewer-next").addEventListener("click", () => this.#go(1));
    byId("viewer-larger").addEventListener("click", () => this.#zoom(STEP));
    byId("viewer-smaller").addEventListener("click", () => this.#zoom(1 / STEP));
    byId("viewer-download").addEventListener("click", () => onDownload(this.#slide.fileId));
    onDeleted(client, ({ roomId, seq }) => this.#forget(roomId, seq));
  }

  /** `slides`: as `slidesOf` has them, in their order. */
  open(room, slides, fileId) {
    [this.#room, this.#slides] = [room, slides];
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#frame.focus();
    this.#show(slides.findIndex((slide) => slide.fileId === fileId));
  }

  get #slide() { return this.#slides[this.#at]; }
  get #isWhole() { return this.#lies.scale === 1; }

  #end() {
    [this.#room, this.#slides, this.#address] = [null, [], null];
    this.#picture.removeAttribute("src");
    this.#picture.alt = "";
  }

  // --- which one

  #go(step) {
    if (this.#slides[this.#at + step] !== undefined) this.#show(this.#at + step);
  }

  #show(at) {
    [this.#at, this.#address, this.#isRetried] = [at, null, false];
    const slide = this.#slide;
    byId("viewer-title").textContent = speakerOf(slide);
    byId("viewer-when").textContent = dateTimeOf(slide.createdAt);
    byId("viewer-alt").textContent = slide.alt;
    byId("viewer-count").textContent = this.#slides.length > 1 ? t("%(at)s of %(count)s", { at: at + 1, count: this.#slides.length }) : "";
    byId("viewer-before").disabled = at === 0;
    byId("viewer-next").disabled = at === this.#slides.length - 1;
    this.#picture.removeAttribute("src");
    Object.assign(this.#picture, { alt: nameOf(slide), width: slide.width ?? 4, height: slide.height ?? 3 });
    this.#lay(WHOLE);
    this.#load(slide);
  }

  async #load(slide, options) {
    const around = this.#slides.slice(Math.max(0, this.#at - 1), this.#at + 2).map(({ fileId }) => fileId);
    const found = await this.#room.fileAddresses(options ? [slide.fileId] : around, options).catch(() => null);
    if (this.#slide !== slide) return;
    const { url, previews } = found?.get(slide.fileId) ?? {};
    if (url === undefined) return notify(found === null ? t("The picture cannot be loaded just now.") : t("The file is not there any more."));
    this.#address = url;
    this.#picture.src = slide.size <= SMALL ? url : (previews?.["1280"] ?? url);
  }

  /** Its address may have ended; a second time it is something else. */
  #failed() {
    if (!this.#dialog.open || !this.#picture.hasAttribute("src")) return;
    if (this.#isRetried) return notify(t("The picture cannot be loaded just now."));
    this.#isRetried = true;
    this.#load(this.#slide, { fresh: true });
  }

  /** Its message says nothing any more. */
  #forget(roomId, seq) {
    const isGoing = (slide) => slide.roomId === roomId && slide.seq === seq;
    if (!this.#dialog.open || !this.#slides.some(isGoing)) return;
    const shown = this.#slide;
    this.#slides = this.#slides.filter((slide) => !isGoing(slide));
    if (isGoing(shown)) this.#dialog.close();
    else this.#at = this.#slides.indexOf(shown);
  }

  // --- how it lies

  #press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const arrows = { ArrowLeft: { x: 1, y: 0 }, ArrowRight: { x: -1, y: 0 }, ArrowUp: { x: 0, y: 1 }, ArrowDown: { x: 0, y: -1 } };
    const by = arrows[event.key];
    if (by && !this.#isWhole) this.#move({ x: by.x * KEY_PX, y: by.y * KEY_PX });
    else if (by?.x) this.#go(-by.x);
    else if (["+", "="].includes(event.key)) this.#zoom(STEP);
    else if (event.key === "-") this.#zoom(1 / STEP);
    else if (event.key === "0") this.#lay(WHOLE);
    else return;
    event.preventDefault();
  }

  #zoom(factor, point = MIDDLE) {
    this.#lay(zoomed(this.#lies, factor, point, this.#size(), this.#frameSize()));
    if (this.#lies.scale >= LARGE) this.#sharpen();
  }

  #move(by) {
    this.#lay(moved(this.#lies, by, this.#size(), this.#frameSize()));
  }

  #size() { return { width: this.#picture.offsetWidth, height: this.#picture.offsetHeight }; }
  #frameSize() { return { width: this.#frame.clientWidth, height: this.#frame.clientHeight }; }

  #lay(lies) {
    this.#lies = lies;
    this.#picture.style.transform = `translate(${lies.x}px, ${lies.y}px) scale(${lies.scale})`;
    this.#frame.classList.toggle("larger", !this.#isWhole);
    byId("viewer-smaller").disabled = this.#isWhole;
  }

  /** The picture itself in place of its preview, once it is there. */
  async #sharpen() {
    const [slide, address] = [this.#slide, this.#address];
    if (address === null || this.#picture.src === address) return;
    this.#address = null; // once
    const whole = new Image();
    whole.src = address;
    const isThere = await whole.decode().then(() => true, () => false);
    if (isThere && this.#slide === slide) this.#picture.src = address;
  }
}

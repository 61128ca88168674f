/** What fingers, a mouse and its wheel do on a picture: pinch, drag, double tap, swipe. Knows no picture. */

const TAP_PX = 10;
const DOUBLE_TAP_MS = 300;
const SWIPE_PX = 60;

/**
 * `acts`: { zoom(factor, point), drag(by), doubleTap(point), swipe(step), isWhole() }. Points count from the middle of
 * `frame`; a swipe is one where the picture is whole, its step 1 to the next.
 */
export function listenForZoom(frame, acts) {
  const fingers = new Map(); // by pointer id: where it is
  let [start, tapped, isPinch] = [null, 0, false];

  const pointOf = ({ clientX, clientY }) => {
    const { left, top, width, height } = frame.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  };
  const between = () => {
    const [one, other] = [...fingers.values()];
    return { middle: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 }, apart: Math.hypot(one.x - other.x, one.y - other.y) };
  };

  frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    frame.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, pointOf(event));
    if (fingers.size === 1) [start, isPinch] = [pointOf(event), false];
    else isPinch = true;
  });

  frame.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const [before, here] = [fingers.get(event.pointerId), pointOf(event)];
    const pinch = fingers.size === 2 ? between() : null;
    fingers.set(event.pointerId, here);
    if (pinch === null) {
      if (!acts.isWhole()) acts.drag({ x: here.x - before.x, y: here.y - before.y });
      return;
    }
    const { middle, apart } = between();
    if (pinch.apart > 0) acts.zoom(apart / pinch.apart, middle);
    acts.drag({ x: middle.x - pinch.middle.x, y: middle.y - pinch.middle.y });
  });

  const end = (event, isDone) => {
    if (!fingers.delete(event.pointerId) || fingers.size > 0 || isPinch || !isDone) return;
    const here = pointOf(event);
    const by = { x: here.x - start.x, y: here.y - start.y };
    if (Math.hypot(by.x, by.y) < TAP_PX) tap(event.timeStamp, here);
    else if (acts.isWhole() && Math.abs(by.x) > SWIPE_PX && Math.abs(by.x) > 2 * Math.abs(by.y)) acts.swipe(by.x < 0 ? 1 : -1);
  };
  frame.addEventListener("pointerup", (event) => end(event, true));
  frame.addEventListener("pointercancel", (event) => end(event, false));

  function tap(at, point) {
    const isSecond = at - tapped < DOUBLE_TAP_MS;
    tapped = isSecond ? 0 : at;
    if (isSecond) acts.doubleTap(point);
  }

  frame.addEventListener("wheel", (event) => {
    event.preventDefault(); // the page would be zoomed, or scrolled
    acts.zoom(Math.exp(-event.deltaY / 300), pointOf(event));
  }, { passive: false });
}

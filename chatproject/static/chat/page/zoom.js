/** How a picture lies in its frame: `{ scale, x, y }`, its middle moved by x and y from the frame's. No DOM. */

export const WHOLE = { scale: 1, x: 0, y: 0 };
export const DOUBLE_TAP = 2.5;
const SCALE_MAX = 8;

/** `size` is the picture's at scale 1, `frame` the frame's; what is smaller than the frame stays in its middle. */
export function bounded({ scale, x, y }, size, frame) {
  const held = Math.min(SCALE_MAX, Math.max(1, scale));
  const within = (value, side) => {
    const most = Math.max(0, (size[side] * held - frame[side]) / 2);
    return Math.min(most, Math.max(-most, value)) || 0; // no -0
  };
  return { scale: held, x: within(x, "width"), y: within(y, "height") };
}

/** So many times larger; what lies at `point`, counted from the frame's middle, stays there. */
export function zoomed({ scale, x, y }, factor, point, size, frame) {
  const next = Math.min(SCALE_MAX, Math.max(1, scale * factor));
  const times = next / scale;
  return bounded({ scale: next, x: point.x - (point.x - x) * times, y: point.y - (point.y - y) * times }, size, frame);
}

export const moved = ({ scale, x, y }, by, size, frame) => bounded({ scale, x: x + by.x, y: y + by.y }, size, frame);

/** Who listens to events, and how they are told. What begins with an underscore is for the library itself. */

export class Emitter {
  #listeners = {};

  on(name, listener) {
    const listeners = (this.#listeners[name] ??= new Set());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** The next one only. */
  once(name, listener) {
    const heard = (event) => {
      stop();
      listener(event);
    };
    heard.listener = listener;
    const stop = this.on(name, heard);
    return stop;
  }

  /** By the function that `on` or `once` was given, however often it was. */
  off(name, listener) {
    for (const one of this.#listeners[name] ?? []) if (one === listener || one.listener === listener) this.#listeners[name].delete(one);
  }

  _emit(name, event) {
    for (const listener of [...(this.#listeners[name] ?? [])]) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => { throw error; }); // reported as the application's own; nothing stops for it here
      }
    }
  }
}

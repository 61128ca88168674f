/** Who listens to events, and how they are told. What begins with an underscore is for the library itself. */

export class Emitter {
  #listeners = {};

  on(name, listener) {
    const listeners = (this.#listeners[name] ??= new Set());
    listeners.add(listener);
    return () => void listeners.delete(listener);
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

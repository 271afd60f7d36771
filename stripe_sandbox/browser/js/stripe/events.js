// Listeners by name, as `element.on("change", …)` takes them.
class Emitter {
  #listeners = new Map();

  on(name, listener) {
    const known = this.#listeners.get(name) ?? [];
    this.#listeners.set(name, [...known, { listener, called: listener }]);
    return this;
  }

  once(name, listener) {
    const called = (event) => {
      this.off(name, listener);
      listener(event);
    };
    const known = this.#listeners.get(name) ?? [];
    this.#listeners.set(name, [...known, { listener, called }]);
    return this;
  }

  off(name, listener) {
    const known = this.#listeners.get(name) ?? [];
    this.#listeners.set(name, listener ? known.filter((one) => one.listener !== listener) : []);
    return this;
  }

  emit(name, event) {
    for (const { called } of this.#listeners.get(name) ?? []) called(event);
  }
}

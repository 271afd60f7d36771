// The keyboard, given to the page in the frame: once it is there and shown, unless someone goes elsewhere meanwhile.
export class Keyboard {
  #frame;
  #isThere;
  #say;
  // What has the focus as long as it is asked for.
  #from;

  constructor(frame, isThere, say) {
    this.#frame = frame;
    this.#isThere = isThere;
    this.#say = say;
  }

  ask() {
    this.#from = document.activeElement;
    this.give();
  }

  give() {
    if (!this.#isThere() || this.#frame.style.visibility || document.activeElement !== this.#from) return;
    this.#from = undefined;
    this.#frame.focus();
    this.#say();
  }
}

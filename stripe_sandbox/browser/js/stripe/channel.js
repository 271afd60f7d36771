// Questions to one of the stand-in's frames and what it tells by itself. Only that window at that origin is heard.
const CHANNEL = "stripe-sandbox";

class Channel {
  #frame;
  #told;
  #waiting = new Map();
  #asked = 0;
  #isClosed = false;
  #hear = (event) => this.#receive(event);

  constructor(frame, told) {
    this.#frame = frame;
    this.#told = told;
    window.addEventListener("message", this.#hear);
  }

  tell(type, content = {}) {
    this.#frame.contentWindow?.postMessage({ ...content, source: CHANNEL, type }, HOME);
  }

  async ask(type, content = {}) {
    if (this.#isClosed) return { error: unreachable() };
    this.#asked += 1;
    const question = this.#asked;
    return new Promise((resolve) => {
      this.#waiting.set(question, resolve);
      this.tell(type, { ...content, question });
    });
  }

  close() {
    this.#isClosed = true;
    window.removeEventListener("message", this.#hear);
    for (const resolve of this.#waiting.values()) resolve({ error: unreachable() });
    this.#waiting.clear();
  }

  #receive(event) {
    if (event.origin !== HOME || event.source !== this.#frame.contentWindow) return;
    const { source, type, question, ...content } = event.data ?? {};
    if (source !== CHANNEL) return;
    if (type !== "answer") {
      this.#told(type, content);
      return;
    }
    this.#waiting.get(question)?.(content.answer);
    this.#waiting.delete(question);
  }
}

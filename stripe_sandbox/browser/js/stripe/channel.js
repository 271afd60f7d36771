// Questions to one of the stand-in's frames and the messages that it posts by itself, from that window and origin only.
const CHANNEL = "stripe-sandbox";

class Channel {
  #frame;
  #onMessage;
  #waiting = new Map();
  #asked = 0;
  #isClosed = false;
  #listener = (event) => this.#receive(event);

  constructor(frame, onMessage) {
    this.#frame = frame;
    this.#onMessage = onMessage;
    window.addEventListener("message", this.#listener);
  }

  post(type, content = {}) {
    this.#frame.contentWindow?.postMessage({ ...content, source: CHANNEL, type }, HOME);
  }

  async ask(type, content = {}) {
    if (this.#isClosed) return { error: unreachable() };
    this.#asked += 1;
    const question = this.#asked;
    return new Promise((resolve) => {
      this.#waiting.set(question, resolve);
      this.post(type, { ...content, question });
    });
  }

  close() {
    this.#isClosed = true;
    window.removeEventListener("message", this.#listener);
    for (const resolve of this.#waiting.values()) resolve({ error: unreachable() });
    this.#waiting.clear();
  }

  #receive(event) {
    if (event.origin !== HOME || event.source !== this.#frame.contentWindow) return;
    const { source, type, question, ...content } = event.data ?? {};
    if (source !== CHANNEL) return;
    if (type !== "answer") {
      this.#onMessage(type, content);
      return;
    }
    this.#waiting.get(question)?.(content.answer);
    this.#waiting.delete(question);
  }
}

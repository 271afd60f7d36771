// How high the frame is, and which part of it is in view: the page in it is as high as the frame, so it can't know. It is told
// when it asks, once scrolling came to rest otherwise. Messages are taken from the frame's page only, and go to it only.
const SOURCE = "voice-portal-billing";

const inPixels = (length, whole) => (length.endsWith("%") ? (parseFloat(length) * whole) / 100 : parseFloat(length) || 0);

export class FrameView {
  #host;
  #frame;
  #origin;
  #height = 0;
  #isThere = false;
  #isFollowed = false;
  #isCovered = false;
  #planned = null;

  constructor(host, frame, origin) {
    this.#host = host;
    this.#frame = frame;
    this.#origin = origin;
    Object.assign(frame.style, { display: "block", inlineSize: "100%", border: "0", position: "relative" });
    host.style.display = "block";
    this.height = 480;
  }

  watch() {
    addEventListener("message", this.#hear);
    for (const [target, name] of this.#moves) target.addEventListener(name, this.#soon, { capture: true, passive: true });
  }

  stop() {
    removeEventListener("message", this.#hear);
    for (const [target, name] of this.#moves) target.removeEventListener(name, this.#soon, { capture: true });
  }

  get #moves() {
    return [[window, "scroll"], [window, "resize"], [window.visualViewport, "resize"]];
  }

  set height(pixels) {
    this.#height = Math.min(Math.max(pixels, 100), 50_000);
    this.#host.style.blockSize = `${this.#height}px`;
    this.#place();
    this.tell();
  }

  // Something in the page stays in view: from now on it is told of each move, not only of where scrolling came to rest.
  #follow(isFollowed) {
    this.#isFollowed = isFollowed;
    this.tell();
  }

  // What isn't ours covers the page, as the bank's question does, in the middle of the frame: while it is there, the frame
  // is no higher than what is in view of it.
  #cover(isCovered) {
    if (isCovered === this.#isCovered) return;
    if (isCovered && this.#part().height < Math.min(innerHeight, this.#height) / 2) this.#host.scrollIntoView({ block: "nearest" });
    this.#isCovered = isCovered;
    this.tell();
  }

  // The page keeps in place what someone is about to press.
  #scroll(by) {
    let scroller = this.#host.parentElement;
    while (scroller && !(scroller.scrollHeight > scroller.clientHeight && /auto|scroll/.test(getComputedStyle(scroller).overflowY))) scroller = scroller.parentElement;
    (scroller ?? document.scrollingElement).scrollBy({ top: by, behavior: "instant" });
  }

  // What neither the window nor a scrolled part of the page around it hides. A header that stays in view is known by the
  // page's `scroll-padding`.
  #part() {
    const whole = this.#host.getBoundingClientRect();
    const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement);
    const { offsetTop, height } = window.visualViewport;
    let top = Math.max(whole.top, offsetTop + inPixels(scrollPaddingTop, height));
    let bottom = Math.min(whole.bottom, offsetTop + height - inPixels(scrollPaddingBottom, height));
    for (let one = this.#host.parentElement; one && one !== document.documentElement; one = one.parentElement ?? one.getRootNode().host) {
      if (getComputedStyle(one).overflowY === "visible") continue;
      const from = one.getBoundingClientRect().top + one.clientTop;
      top = Math.max(top, from);
      bottom = Math.min(bottom, from + one.clientHeight);
    }
    return { top: Math.round(Math.min(top, whole.bottom) - whole.top), height: Math.round(Math.max(bottom - top, 0)) };
  }

  tell = () => {
    this.#planned = null;
    const part = this.#place();
    if (this.#isThere) this.#frame.contentWindow.postMessage({ source: SOURCE, type: "view", ...part, covered: this.#isCovered }, this.#origin);
  };

  #hear = ({ origin, source, data }) => {
    if (origin !== this.#origin || source !== this.#frame.contentWindow || data?.source !== SOURCE) return;
    if (data.type === "ready") this.#begin();
    else if (data.type === "follow") this.#follow(data.is === true);
    else if (data.type === "cover") this.#cover(data.is === true);
    else if (data.type === "scroll" && Number.isFinite(data.by)) this.#scroll(data.by);
  };

  // Another page is there, and asks for nothing yet.
  #begin() {
    this.#isThere = true;
    this.#isFollowed = this.#isCovered = false;
    this.tell();
  }

  #soon = () => {
    const isLive = this.#isFollowed || this.#isCovered;
    if (this.#planned !== null && isLive) return;
    clearTimeout(this.#planned);
    this.#planned = isLive ? requestAnimationFrame(this.tell) : setTimeout(this.tell, 100);
  };

  #place() {
    const part = this.#part();
    const { top, height } = this.#isCovered ? part : { top: 0, height: this.#height };
    Object.assign(this.#frame.style, { insetBlockStart: `${top}px`, blockSize: `${height}px` });
    return part;
  }
}

// The shell's address bar and title follow the frame, for an element with `keep-address`: a link to /billing/wallet
// opens the wallet, and so does a reload. Its value is put before each path, where the shell shows billing further down.
//
// Each page is a step of the window's history with an address of its own. The frame says whether a page is a new step;
// where it is not, the browser has added it by itself (frame_steps.js), or it is one that was gone back to.
import { pageAt } from "./pages.js";

const OTHER = "page";

// Pages that aren't below the first one go along as a parameter: the shell may have a page of its own at their address.
export class Address {
  #before;
  #first;

  constructor(before, first) {
    this.#before = before;
    this.#first = new URL(first, location.href).pathname;
  }

  // The page that the shell's address is of; null if it names none.
  page(origin) {
    const { pathname, search, hash } = location;
    if (!pathname.startsWith(this.#before)) return null;
    const path = pathname.slice(this.#before.length);
    if (!this.#isBelow(path)) return null;
    const other = new URLSearchParams(search).get(OTHER);
    return (other && pageAt(other, origin)) || pageAt(path + search + hash, origin);
  }

  show(path, title, isStep) {
    const { pathname } = new URL(path, location.href);
    const to = this.#isBelow(pathname) ? path : `${this.#first}?${OTHER}=${encodeURIComponent(path)}`;
    const address = this.#before + to;
    if (address !== location.pathname + location.search + location.hash) {
      if (isStep) history.pushState(null, "", address);
      else history.replaceState(history.state, "", address);
    }
    if (title) document.title = title;
  }

  #isBelow(pathname) {
    return pathname === this.#first || pathname.startsWith(`${this.#first}/`);
  }
}

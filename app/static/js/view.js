// In the shell's frame, which is as high as its page: what stays in view is placed by what the shell says is in view, which
// a page can't know by itself. Dialogs and the like are placed by the style sheets, from `--view-top` and `--view-height`.
const STAYS = "dialog[open], .message, [data-over], .month-head, .choice-bar";
const FOLLOWS = ".messages, .month-head > *, .choice-bar";
const AT_THE_END = ".choice-bar";
let top = 0;
let height = 0;

const px = (pixels) => `${pixels}px`;

// As `position: sticky` would, if the frame were what is scrolled.
function follow() {
  for (const one of document.querySelectorAll(FOLLOWS)) {
    const shifted = parseFloat(one.style.getPropertyValue("--follows")) || 0;
    const box = one.getBoundingClientRect();
    const natural = box.top + scrollY - shifted;
    const around = (one.closest("tbody") ?? one.parentElement).getBoundingClientRect();
    const before = Math.min(around.top + scrollY - natural, 0);
    const after = Math.max(around.bottom + scrollY - natural - box.height, 0);
    const moved = one.matches(AT_THE_END) ? Math.min(top + height - box.height - natural, 0) : Math.max(top - natural, 0);
    // Not where it would leave too little of the page in view.
    const wanted = height < 3 * box.height ? 0 : Math.min(Math.max(moved, before), after);
    if (wanted !== shifted) one.style.setProperty("--follows", px(wanted));
  }
}

// Whether the shell has to say each move, or only where scrolling came to rest.
function noteWhatStays(send) {
  let isAsked = false;
  const note = () => {
    const isNeeded = document.querySelector(STAYS) !== null;
    if (isNeeded) follow();
    if (isNeeded !== isAsked) send("follow", { is: isNeeded });
    isAsked = isNeeded;
  };
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributeFilter: ["open", "data-over"] });
  // What it says comes after the page has said that it is there.
  setTimeout(note);
}

// The bank's question is Stripe's, drawn over the whole page and in the middle of it: that would be out of view. So while
// it is there, the shell makes the frame as high as what is in view. Whether it is there is seen, not said.
function noteWhatCovers(send) {
  const OURS = "main, .header, .footer, .skip-link, .dialog";
  let timer = null;
  let isSaid = false;
  const tell = (is) => {
    if (is !== isSaid) send("cover", { is });
    isSaid = is;
  };
  const look = () => {
    const seen = document.elementFromPoint(innerWidth / 2, isSaid ? innerHeight / 2 : top + height / 2);
    tell(seen !== null && !seen.matches("html, body") && !seen.closest(OURS));
  };
  document.addEventListener("bank:asks", () => {
    timer ??= setInterval(look, 100);
  });
  document.addEventListener("bank:answered", () => {
    clearInterval(timer);
    timer = null;
    tell(false);
  });
}

// The function that hears what is in view.
export function heedView(send) {
  noteWhatStays(send);
  noteWhatCovers(send);
  document.addEventListener("page:moved", ({ detail }) => send("scroll", detail));
  let isCovered = false;
  const stay = () => scrollTo(0, isCovered ? top : 0);
  addEventListener("resize", stay);
  return (said) => {
    if (![said.top, said.height].every(Number.isFinite)) return;
    ({ top, height } = said);
    isCovered = said.covered === true;
    document.documentElement.toggleAttribute("data-covered", isCovered);
    document.body.style.setProperty("--view-top", px(isCovered ? 0 : top));
    document.body.style.setProperty("--view-height", px(height));
    stay();
    follow();
  };
}

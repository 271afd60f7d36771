// Keyboard shortcuts. The list of them in the page says which keys there are, and whether they are off for this person
// (WCAG 2.1.4); the server keeps both. They never work while someone types.
const PATIENCE = 1500;
const TYPED_INTO = 'input:not([type="radio"], [type="checkbox"]), select, textarea, [contenteditable], dialog, iframe';
const list = () => document.getElementById("shortcuts");
const opener = document.getElementById("open-shortcuts");
const NEVER = -Infinity;
let pressed = "";
let pressedAt = NEVER;

export function startTopUp() {
  const choices = [...document.querySelectorAll('#top-up input[name="amount"]')];
  const choice = choices.find((one) => one.checked) ?? choices[0];
  if (!choice) return false;
  document.getElementById("top-up").scrollIntoView({ block: "nearest" });
  choice.focus();
  return true;
}

const here = {
  top_up: startTopUp,
  keyboard: () => !list().showModal(),
  search: () => {
    document.getElementById("open-search").requestSubmit();
    return true;
  },
};

// What is done in this page is done here; the rest is a link.
function act(link) {
  if (!here[link.dataset.action]?.()) location.assign(link.href);
}

// In a dialog that was just closed, no one types: focus leaves it a moment later.
const isTyping = (target) => target.checkVisibility?.() && target.closest(TYPED_INTO);

function press(event) {
  const { target } = event;
  const key = event.key.toLowerCase();
  const links = [...list().querySelectorAll("a[data-keys]")];
  const isChord = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (event.repeat || event.defaultPrevented || event.isComposing || list().dataset.off !== undefined) return;
  if (document.querySelector("dialog:modal")) return;
  const chosen = isChord && links.find((link) => link.dataset.extra === key);
  if (!chosen && (event.ctrlKey || event.metaKey || event.altKey || isTyping(target))) return;
  const wanted = event.timeStamp - pressedAt < PATIENCE ? `${pressed} ${key}` : key;
  pressedAt = NEVER;
  const found = chosen || links.find((link) => link.dataset.keys === wanted) || links.find((link) => link.dataset.keys === key);
  if (found) act(found);
  else if (links.some((link) => link.dataset.keys.startsWith(`${key} `))) [pressed, pressedAt] = [key, event.timeStamp];
  else return;
  event.preventDefault();
}

// Only where there are pages to go to: not on the sign-in page.
if (list() && document.querySelector(".tabs")) {
  document.addEventListener("keydown", press);
  opener.hidden = false;
  opener.addEventListener("click", () => list().showModal());
}

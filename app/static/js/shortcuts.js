// Keyboard shortcuts. The button that opens the list of them says which keys there are: none where they are off for this
// person (WCAG 2.1.4); the server keeps both. They never work while someone types. The list itself comes when it is opened.
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

const isTypedInto = (thing) => thing.checkVisibility?.() && thing.closest(TYPED_INTO);

function showList() {
  if (list()) list().showModal();
  else if (opener.hasAttribute("data-htmx-powered")) opener.dispatchEvent(new CustomEvent("wanted"));
  // In a page that has just loaded no one hears that yet: htmx looks at it a moment later.
  else opener.addEventListener("htmx:after:init", showList, { once: true });
  return true;
}

const here = {
  top_up: startTopUp,
  keyboard: showList,
  search: () => {
    document.getElementById("open-search").requestSubmit();
    return true;
  },
};

// What is done in this page is done here; the rest is a link.
function act([address, action]) {
  if (!here[action]?.()) location.assign(address);
}

function press(event) {
  const key = event.key.toLowerCase();
  const isChord = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (event.repeat || event.defaultPrevented || event.isComposing) return;
  if (document.querySelector("dialog:modal")) return;
  const keys = JSON.parse(opener.dataset.shortcuts ?? "{}");
  const chosen = isChord && keys[`+${key}`];
  // In a dialog that was just closed, no one types: focus leaves it a moment later.
  if (!chosen && (event.ctrlKey || event.metaKey || event.altKey || isTypedInto(event.target))) return;
  const wanted = event.timeStamp - pressedAt < PATIENCE ? `${pressed} ${key}` : key;
  pressedAt = NEVER;
  const found = chosen || keys[wanted] || keys[key];
  if (found) act(found);
  else if (Object.keys(keys).some((one) => one.startsWith(`${key} `))) [pressed, pressedAt] = [key, event.timeStamp];
  else return;
  event.preventDefault();
}

// Only where there are pages to go to: not on the sign-in page.
if (opener && document.querySelector(".tabs")) {
  document.addEventListener("keydown", press);
  opener.hidden = false;
  opener.addEventListener("click", showList);
  // Someone who has begun something else meanwhile isn't disturbed.
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.sourceElement === opener && !isTypedInto(document.activeElement) && !document.querySelector("dialog:modal")) showList();
  });
}

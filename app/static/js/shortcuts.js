// Keyboard shortcuts. Inactive while typing, and permanently if turned off in the list (WCAG 2.1.4).
const SETTING = "billing.shortcuts";
const PATIENCE = 1500;
const TYPED_INTO = 'input:not([type="radio"], [type="checkbox"]), select, textarea, [contenteditable], dialog, iframe';
const dialog = document.getElementById("shortcuts");
const opener = document.getElementById("open-shortcuts");
const off = document.getElementById("shortcuts-off");
const NEVER = -Infinity;
let goes = NEVER;

// In a browser without storage, as in some frames, they are on.
function kept(value) {
  try {
    if (value) localStorage.setItem(SETTING, value);
    return localStorage.getItem(SETTING);
  } catch {
    return null;
  }
}

function startTopUp() {
  const choices = [...document.querySelectorAll('#top-up input[name="amount"]')];
  const choice = choices.find((one) => one.checked) ?? choices[0];
  const region = document.getElementById("top-up");
  if (choice) {
    region.scrollIntoView({ block: "nearest" });
    choice.focus();
  } else location.assign(`${tab("w").href}#top-up`);
}

// The first letter of a tab's name is its key.
const tab = (key) => [...document.querySelectorAll(".tabs a")].find((link) => link.textContent.trim().toLowerCase()[0] === key);

function press(event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented || event.isComposing) return;
  if (kept() === "off" || target.closest?.(TYPED_INTO) || document.querySelector("dialog:modal")) return;
  const going = event.timeStamp - goes < PATIENCE;
  goes = NEVER;
  if (going && tab(key)) location.assign(tab(key).href);
  else if (key === "?") dialog.showModal();
  else if (key === "t") startTopUp();
  else if (key === "g") goes = event.timeStamp;
  else return;
  event.preventDefault();
}

// Only where there are pages to go to: not on the sign-in page.
if (dialog && document.querySelector(".tabs")) {
  document.addEventListener("keydown", press);
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  off.checked = kept() === "off";
  off.addEventListener("change", () => kept(off.checked ? "off" : "on"));
  // The browser goes to the address's fragment until the page has loaded, and takes focus away as it does.
  if (location.hash === "#top-up" && document.querySelector('#top-up input[name="amount"]')) {
    window.addEventListener("load", () => setTimeout(startTopUp));
  }
}

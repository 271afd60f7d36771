// Keys for those who live on the keyboard. Off while typing, and for good where the list says so (WCAG 2.1.4).
const KEY = "billing.shortcuts";
const PAGES = {
  o: "/billing",
  w: "/billing/wallet",
  p: "/billing/payment-methods",
  c: "/billing/change-plan",
  i: "/workplace/invoices",
};
const dialog = document.getElementById("shortcuts");
const opener = document.getElementById("open-shortcuts");
const off = document.getElementById("shortcuts-off");
let waitsForPage = false;

const isOff = () => localStorage.getItem(KEY) === "off";
const isTyping = (element) => element.closest?.("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]");

function startTopUp() {
  const choice = document.querySelector('#top-up input[name="amount"]:checked, #top-up input[name="amount"]');
  if (choice) choice.focus();
  else location.assign("/billing/wallet#top-up");
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isOff() || isTyping(event.target) || dialog.open) return;
  const key = event.key.toLowerCase();
  if (waitsForPage && PAGES[key]) location.assign(PAGES[key]);
  else if (event.key === "?") dialog.showModal();
  else if (key === "t") startTopUp();
  else if (key !== "g") return;
  waitsForPage = key === "g";
  event.preventDefault();
}

// Only where there are pages to go to: not on the sign-in page.
if (document.querySelector(".tabs")) {
  document.addEventListener("keydown", press);
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  off.checked = isOff();
  off.addEventListener("change", () => localStorage.setItem(KEY, off.checked ? "off" : "on"));
  if (location.hash === "#top-up") startTopUp();
}

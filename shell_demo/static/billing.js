// The billing screen: address bar and title follow by themselves (`keep-address`).
const billing = document.querySelector("voice-portal-billing");

// Who came by a link of ours goes on in the frame, rather than through our header once more.
const [{ type }] = performance.getEntriesByType("navigation");
if (type === "navigate" && document.referrer.startsWith(`${location.origin}/`)) {
  customElements.whenDefined("voice-portal-billing").then(() => billing.focus());
}

// Which entry of the navigation is the page in the frame: the one that says most of its path.
const entries = [...document.querySelectorAll("nav a")].map((link) => [link, new URL(link.href).searchParams.get("page") ?? link.pathname]);

billing.addEventListener("voice-portal-billing:navigate", ({ detail }) => {
  const page = detail.path.split(/[?#]/)[0];
  const within = entries.filter(([, path]) => page === path || page.startsWith(`${path}/`));
  const [current] = within.sort(([, one], [, other]) => other.length - one.length)[0] ?? [];
  for (const [link] of entries) link.removeAttribute("aria-current");
  current?.setAttribute("aria-current", "page");
});

// Ctrl+P and ⌘P print the page in the frame, on sheets of its own. In the frame they do that by themselves.
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  event.preventDefault();
  billing.print();
});

// Before a change that matters, billing wants to know that it's still the same person.
const dialog = document.getElementById("confirm");

billing.addEventListener("voice-portal-billing:confirm", (event) => {
  event.preventDefault();
  dialog.returnValue = "";
  dialog.showModal();
});
dialog.addEventListener("close", async () => {
  if (dialog.returnValue === "yes" && (await fetch("/sign-in/again", { method: "POST" })).ok) billing.confirmed();
});

// The billing screen: the address bar and the title follow the frame.
const billing = document.querySelector("voice-portal-billing");

billing.addEventListener("voice-portal-billing:navigate", ({ detail: { path, title } }) => {
  setTimeout(() => {
    document.title = title;
    // Going to a page in the frame already made an entry in the history; this names it.
    if (path !== location.pathname + location.search + location.hash) history.replaceState(null, "", path);
  });
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

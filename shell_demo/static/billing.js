// The billing screen: address bar and title follow by themselves (`keep-address`).
const billing = document.querySelector("voice-portal-billing");

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

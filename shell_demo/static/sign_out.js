// Signing out of the portal ends billing's session first, on whichever screen.
const PATIENCE = 3000;
const form = document.getElementById("sign-out");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  form.querySelector("button").disabled = true;
  await endBilling();
  form.submit();
});

async function endBilling() {
  const billing = document.querySelector("voice-portal-billing");
  if (!billing) return;
  const ended = new Promise((resolve) => {
    billing.addEventListener("voice-portal-billing:session-expired", resolve, { once: true });
  });
  billing.signOut();
  // No longer, or a lost message would keep people from leaving: billing's session ends by itself some minutes later.
  await Promise.race([ended, new Promise((resolve) => { setTimeout(resolve, PATIENCE); })]);
}

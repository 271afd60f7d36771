// Signing out of the portal ends billing's session first, on whichever screen.
const form = document.getElementById("sign-out");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  form.querySelector("button").disabled = true;
  // Any element ends the session of all of them. It waits a few seconds at most: billing's session then ends by itself.
  await document.querySelector("voice-portal-billing, voice-portal-balance")?.signOut?.();
  form.submit();
});

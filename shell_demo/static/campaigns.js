// The check follows what is typed: its attributes describe the campaign.
const plan = document.getElementById("plan");
const check = document.querySelector("voice-portal-campaign-check");

plan.addEventListener("submit", (event) => event.preventDefault());
plan.addEventListener("input", ({ target }) => {
  if (target.checkValidity()) check?.setAttribute(target.name, target.value);
});

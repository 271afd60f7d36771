// The question in its frame. The answer goes to the stand-in; the page learns only how the person answered.
const form = document.querySelector("form");
const buttons = [...form.querySelectorAll("button")];
const problem = document.getElementById("problem");
let released = Promise.resolve();
let release = () => {};

// The page removes this frame immediately, so a key that is down is let go first: its end belongs to this frame.
async function leave(outcome) {
  await released;
  post("outcome", { outcome });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const outcome = event.submitter.value;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  for (const button of buttons) button.setAttribute("aria-disabled", "true");
  problem.hidden = true;
  const { status } = await fetch(form.dataset.answer, { method: "POST", body }).catch(() => ({ status: 503 }));
  // A decline or a refusal is an answer too: the page asks how the intent stands.
  if (status < 500) {
    leave(outcome);
    return;
  }
  for (const button of buttons) button.removeAttribute("aria-disabled");
  problem.textContent = "Your answer did not arrive. Try again.";
  problem.hidden = false;
});

document.addEventListener("keydown", (event) => {
  if (event.repeat) return;
  release();
  released = new Promise((resolve) => {
    release = resolve;
  });
  if (event.key === "Escape") leave("abandon");
});
document.addEventListener("keyup", () => setTimeout(release));
window.addEventListener("blur", () => release());

// The page has this frame at its height by now: buttons that move under a finger are missed.
function begin() {
  for (const button of buttons) button.disabled = false;
  document.querySelector("h1").focus();
}

listen({ focus: begin });
reportHeight();
post("ready");

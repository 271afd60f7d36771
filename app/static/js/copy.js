// A button that copies what a list holds, where the browser can.
import { gettext } from "./language.js";

for (const button of document.querySelectorAll("button[data-copies]")) {
  const list = document.getElementById(button.dataset.copies);
  const said = document.querySelector("[data-copied]");
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const lines = [...list.querySelectorAll("code")].map((one) => one.textContent);
    try {
      await navigator.clipboard.writeText(`${lines.join("\n")}\n`);
      said.textContent = gettext("Copied.");
    } catch {
      said.textContent = gettext("Your browser doesn't allow copying. Download them instead.");
    }
  });
}

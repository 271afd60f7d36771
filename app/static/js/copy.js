// A button that copies what a list holds, where the browser can.
for (const button of document.querySelectorAll("button[data-copies]")) {
  const list = document.getElementById(button.dataset.copies);
  const said = document.querySelector("[data-copied]");
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const lines = [...list.querySelectorAll("code")].map((one) => one.textContent);
    try {
      await navigator.clipboard.writeText(`${lines.join("\n")}\n`);
      said.textContent = "Copied.";
    } catch {
      said.textContent = "Your browser doesn't allow copying. Download them instead.";
    }
  });
}

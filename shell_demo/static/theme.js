// Light, dark, the system's, or a brand of one's own: chosen in the header and kept in this browser.
const KEPT = "theme";
const TOKENS = ["font", "radius", "canvas", "surface", "sunken", "line", "line-strong", "ink", "ink-soft", "accent", "accent-ink", "accent-wash"];
const root = document.documentElement;

root.dataset.theme = localStorage.getItem(KEPT) ?? "system";

document.addEventListener("DOMContentLoaded", () => {
  const choice = document.getElementById("theme");
  choice.value = root.dataset.theme;
  choice.addEventListener("change", () => {
    root.dataset.theme = choice.value;
    localStorage.setItem(KEPT, choice.value);
    handOver();
  });
  // From here on, the elements are there.
  customElements.whenDefined("voice-portal-billing").then(handOver);
});

// The small elements inherit the --vp- properties from the page. The frame is another document, which has to be told.
function handOver() {
  const style = getComputedStyle(root);
  const tokens = TOKENS.map((name) => [`--vp-${name}`, style.getPropertyValue(`--vp-${name}`).trim()]);
  document.querySelector("voice-portal-billing")?.theme(Object.fromEntries(tokens));
}

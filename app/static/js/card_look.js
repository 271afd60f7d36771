// How Stripe's card fields look: as the page around them. Stripe takes plain colors only: the page's own, painted and read back.
function plain(color) {
  const brush = new OffscreenCanvas(1, 1).getContext("2d");
  brush.fillStyle = color;
  brush.fillRect(0, 0, 1, 1);
  const [red, green, blue] = brush.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

// A token may say `light-dark(…)`: only as the color of something does it become the one in use.
function inUse(name) {
  const probe = document.createElement("span");
  probe.style.setProperty("color", `var(${name})`);
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return plain(color);
}

export function appearance() {
  return {
    theme: "stripe",
    variables: {
      colorPrimary: inUse("--vp-accent"),
      colorBackground: inUse("--vp-surface"),
      colorText: inUse("--vp-ink"),
      colorTextSecondary: inUse("--vp-ink-soft"),
      colorDanger: inUse("--vp-bad"),
      fontFamily: "system-ui, sans-serif",
      borderRadius: "7px",
    },
  };
}

// What is shown changes its colors with the page: by the system's scheme, or as the shell says (frame_theme.js).
const shown = new Map();
let last = "";

function dress() {
  const now = appearance();
  if (JSON.stringify(now) === last) return;
  last = JSON.stringify(now);
  for (const [place, elements] of shown) {
    if (place.isConnected) elements.update({ appearance: now });
    else shown.delete(place);
  }
}

// The fields of a place, as long as it is in the page.
export function follow(place, elements) {
  last = JSON.stringify(appearance());
  shown.set(place, elements);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
new MutationObserver(dress).observe(document.documentElement, { attributeFilter: ["style", "data-theme"] });

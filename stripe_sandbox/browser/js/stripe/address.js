// Where this script came from is where the stand-in is: its API, its card fields and its challenges.
const HOME = new URL(document.currentScript.src).origin;

function framed(path, parameters) {
  const address = new URL(path, HOME);
  for (const [name, value] of Object.entries({ origin: window.location.origin, ...parameters })) {
    if (value) address.searchParams.set(name, value);
  }
  return address.href;
}

// The color scheme that the page shows around a node; a frame that differs from it would be opaque.
function schemeAround(node) {
  const schemes = getComputedStyle(node).colorScheme.split(" ");
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  if (schemes.includes("dark") && (dark || !schemes.includes("light"))) return "dark";
  return "light";
}

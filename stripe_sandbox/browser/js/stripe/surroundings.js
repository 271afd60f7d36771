// The color scheme that the page shows around a node; a frame that differs from it would be opaque.
function schemeAround(node) {
  const schemes = getComputedStyle(node).colorScheme.split(" ");
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  if (schemes.includes("dark") && (dark || !schemes.includes("light"))) return "dark";
  return "light";
}

// The first color under a node that hides what is behind it.
function backgroundAround(node) {
  for (let above = node; above; above = above.parentElement) {
    const color = getComputedStyle(above).backgroundColor;
    if (!/rgba|\//.test(color) && color !== "transparent") return color;
  }
  return "Canvas";
}

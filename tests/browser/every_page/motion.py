"""What moves: nothing, where the system asks for that (WCAG 2.2, 2.3.3)."""

MOVES = """() => {
  const long = (text) => text.split(",").some((each) => parseFloat(each) > 0);
  const found = document.getAnimations().filter((one) => one.effect?.getComputedTiming().duration > 0).map((one) => `runs: ${one.effect.target?.className}`);
  for (const one of document.querySelectorAll("*")) {
    for (const part of [null, "::before", "::after", "::backdrop"]) {
      const style = getComputedStyle(one, part);
      if (part && style.content === "none" && part !== "::backdrop") continue;
      if (style.transitionProperty !== "none" && long(style.transitionDuration)) found.push(`transition: ${one.localName}.${one.className}${part ?? ""}`);
      if (style.animationName !== "none" && long(style.animationDuration)) found.push(`animation: ${one.localName}.${one.className}${part ?? ""}`);
    }
    if (getComputedStyle(one).scrollBehavior === "smooth") found.push(`scrolls smoothly: ${one.localName}`);
  }
  return [...new Set(found)];
}"""

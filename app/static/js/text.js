// Messages are built without markup in strings.
export function say(place, text, { tone = "quiet", link = null } = {}) {
  const message = document.createElement("p");
  message.className = `message message-${tone}`;
  message.append(text);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    message.append(" ", anchor);
  }
  place.replaceChildren(message);
}

// What a person's own action ran into: announced, and brought into view.
export function complain(text, options = {}) {
  const place = document.getElementById("alert");
  if (!place) return;
  say(place, text, { tone: "error", ...options });
  place.scrollIntoView({ block: "nearest" });
}

export const SESSION_ENDED = "Your session has ended.";

export function signIn() {
  const here = location.pathname + location.search;
  return { href: `/sign-in?next=${encodeURIComponent(here)}`, text: "Sign in again" };
}

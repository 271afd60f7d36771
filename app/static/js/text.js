// Building messages without markup in strings: the pages allow no HTML from scripts.
export function say(place, text, { error = false, link = null } = {}) {
  const message = document.createElement("p");
  message.className = error ? "message message-error" : "message message-quiet";
  message.append(text);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    message.append(" ", anchor);
  }
  place.replaceChildren(message);
}

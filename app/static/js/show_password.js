// A password is shown on demand, to check what was typed or pasted. The button is made here: without scripts there is none.
function offer(field) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-small";
  const what = document.createElement("span");
  what.className = "visually-hidden";
  what.textContent = ` ${field.labels[0].textContent.toLowerCase()}`;
  button.append("Show", what);
  const show = (isShown) => {
    field.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", String(isShown));
  };
  button.addEventListener("click", () => show(field.type === "password"));
  // What leaves as a password, browsers offer to save; what leaves as text, they suggest to anyone who types there.
  field.form?.addEventListener("submit", () => show(false));
  show(false);
  field.after(button);
}

// In what was added to the page later, too.
export function offerIn(root) {
  for (const field of root.querySelectorAll(".password > input[type=password]:only-child")) offer(field);
}

offerIn(document);

// Choosing `Other amount` focuses its field; passing over it with the arrow keys doesn't. The styles show the field.
let byArrow = false;

document.addEventListener("keydown", (event) => {
  byArrow = event.key.startsWith("Arrow");
});
document.addEventListener("pointerdown", () => {
  byArrow = false;
});
document.addEventListener("change", ({ target }) => {
  if (target.id === "amount-other" && !byArrow) document.getElementById("other_amount").focus();
});

// What is chosen is in the address, so that Reload and Back begin with it again.
function keep(form) {
  const filled = new FormData(form);
  const here = new URL(location.href);
  for (const name of form.dataset.kept.split(" ")) {
    if (filled.get(name)) here.searchParams.set(name, filled.get(name));
    else here.searchParams.delete(name);
  }
  history.replaceState(history.state, "", here);
}

document.addEventListener("change", ({ target }) => {
  if (target.form?.matches("[data-kept]")) keep(target.form);
});

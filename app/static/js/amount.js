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

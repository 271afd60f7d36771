// The field for another amount is there once it is asked for. Without this script it is always there.
function follow(radio) {
  const field = document.getElementById("other-amount");
  if (!field) return;
  const chosen = radio.value === "other";
  field.classList.toggle("is-chosen", chosen);
  if (chosen) field.querySelector("input").focus();
}

document.addEventListener("change", (event) => {
  if (event.target.matches?.('input[type="radio"][name="amount"]')) follow(event.target);
});

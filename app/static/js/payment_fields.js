// Stripe's card fields, the same in every form: cards alone. Apple Pay, Google Pay and Link stay out, here and inside a
// frame: their sheet asks to pay before the review has been read, and a wallet's card has another number than the one that
// its owner knows, so that the card named would not be the card charged. What saving a card means stands beside the fields,
// so Stripe's own terms would say it twice (https://docs.stripe.com/js/elements_object/create_payment_element).
import { follow } from "./card_look.js";

const OPTIONS = {
  wallets: { applePay: "never", googlePay: "never", link: "never" },
  terms: { card: "never" },
};

export const CARDS = ["card"];

// In this place, whose colors they follow.
export function paymentFields(elements, place) {
  follow(place, elements);
  return elements.create("payment", OPTIONS);
}

// Where something is paid or a card is saved: Stripe's fields, the bank's check.
import "./browser_signals.js";
import "./new_card.js";
import "./stripe_action.js";
import "./stripe_card.js";

"""The tables, one file per aggregate."""

from app.models.alert import (
    AlertChannel,
    AlertChoice,
    AlertDelivery,
    AlertDeliveryState,
    AlertLevel,
    AlertLevelKind,
    ChannelKind,
    PhoneCode,
)
from app.models.api_token import ApiToken
from app.models.auto_top_up import (
    AttemptOutcome,
    AutoTopUp,
    AutoTopUpAttempt,
    AutoTopUpCard,
    AutoTopUpConsent,
    OffReason,
)
from app.models.billing_details import BillingDetails
from app.models.brake import Brake, BrakeAnswer, BrakeStop
from app.models.catalog import CatalogVersion, MeterGroup, PlanTerm
from app.models.credit_lot import CreditLot, LotDraw, LotKind, LotReturn
from app.models.daily_limit import DailyLimit
from app.models.dispute import Dispute
from app.models.envelope import Envelope
from app.models.external_identity import ExternalIdentity, ProviderVisit, VisitPurpose
from app.models.factor import (
    AuthenticatorApp,
    ChallengePurpose,
    Passkey,
    PasskeyChallenge,
    PendingSignIn,
    RecoveryCode,
)
from app.models.finding import Finding
from app.models.hold import Hold, HoldAllowance, HoldState
from app.models.invitation import Invitation, InvitationEnd
from app.models.ledger import (
    HAS_OWN_CAUSE,
    Account,
    AccountName,
    Transfer,
    TransferKind,
    UsageGroup,
    WalletLine,
)
from app.models.mail import Mail, MailOptOut, MailState, StoppedMail
from app.models.operator import Operator, OperatorEvent, OperatorRole, OperatorSession
from app.models.organization import AuditEvent, Membership, Organization, Role, SignInSession, User
from app.models.payment_method import PaymentMethod, card_label, card_name
from app.models.plan_switch import OPEN_SWITCH, PlanSwitch, SwitchStatus
from app.models.platform import DeliveryState, PlatformDelivery, PlatformEndpoint, PlatformMessage
from app.models.rate_limit import RateLimitCounter
from app.models.reconciliation import ReconciliationRun
from app.models.rollup import HistoryRollup, RollupMark, UsageRollup
from app.models.saved_view import SavedView
from app.models.spend_forecast import SpendForecast
from app.models.spend_hour import SpendCount, SpendHour
from app.models.spending_limit import (
    LimitCount,
    LimitOrigin,
    LimitRequest,
    LimitSubject,
    LimitWindow,
    OpenedDestination,
    RequestState,
    SpendingLimit,
)
from app.models.statement_head import StatementHead
from app.models.stored_response import StoredResponse
from app.models.stripe_event import EventState, StripeEvent
from app.models.subscription import Interval, Invoice, InvoiceStatus, Subscription, SubscriptionStatus
from app.models.top_up import TopUp, TopUpStatus
from app.models.usage import (
    Allowance,
    RejectedEvent,
    ResourceCount,
    UsageByMeter,
    UsageByName,
    UsageDaily,
    UsageDigest,
    UsageEvent,
    UsageKey,
)
from app.models.used_token import UsedToken
from app.models.wallet import CallingState, Wallet
from app.models.watch import WalletWatch, WatchKind

__all__ = [
    "HAS_OWN_CAUSE",
    "OPEN_SWITCH",
    "Account",
    "AccountName",
    "AlertChannel",
    "AlertChoice",
    "AlertDelivery",
    "AlertDeliveryState",
    "AlertLevel",
    "AlertLevelKind",
    "Allowance",
    "ApiToken",
    "AttemptOutcome",
    "AuditEvent",
    "AuthenticatorApp",
    "AutoTopUp",
    "AutoTopUpAttempt",
    "AutoTopUpCard",
    "AutoTopUpConsent",
    "BillingDetails",
    "Brake",
    "BrakeAnswer",
    "BrakeStop",
    "CallingState",
    "CatalogVersion",
    "ChallengePurpose",
    "ChannelKind",
    "CreditLot",
    "DailyLimit",
    "DeliveryState",
    "Dispute",
    "Envelope",
    "EventState",
    "ExternalIdentity",
    "Finding",
    "HistoryRollup",
    "Hold",
    "HoldAllowance",
    "HoldState",
    "Interval",
    "Invitation",
    "InvitationEnd",
    "Invoice",
    "InvoiceStatus",
    "LimitCount",
    "LimitOrigin",
    "LimitRequest",
    "LimitSubject",
    "LimitWindow",
    "LotDraw",
    "LotKind",
    "LotReturn",
    "Mail",
    "MailOptOut",
    "MailState",
    "Membership",
    "MeterGroup",
    "OffReason",
    "OpenedDestination",
    "Operator",
    "OperatorEvent",
    "OperatorRole",
    "OperatorSession",
    "Organization",
    "Passkey",
    "PasskeyChallenge",
    "PaymentMethod",
    "PendingSignIn",
    "PhoneCode",
    "PlanSwitch",
    "PlanTerm",
    "PlatformDelivery",
    "PlatformEndpoint",
    "PlatformMessage",
    "ProviderVisit",
    "RateLimitCounter",
    "ReconciliationRun",
    "RecoveryCode",
    "RejectedEvent",
    "RequestState",
    "ResourceCount",
    "Role",
    "RollupMark",
    "SavedView",
    "SignInSession",
    "SpendCount",
    "SpendForecast",
    "SpendHour",
    "SpendingLimit",
    "StatementHead",
    "StoppedMail",
    "StoredResponse",
    "StripeEvent",
    "Subscription",
    "SubscriptionStatus",
    "SwitchStatus",
    "TopUp",
    "TopUpStatus",
    "Transfer",
    "TransferKind",
    "UsageByMeter",
    "UsageByName",
    "UsageDaily",
    "UsageDigest",
    "UsageEvent",
    "UsageGroup",
    "UsageKey",
    "UsageRollup",
    "UsedToken",
    "User",
    "VisitPurpose",
    "Wallet",
    "WalletLine",
    "WalletWatch",
    "WatchKind",
    "card_label",
    "card_name",
]

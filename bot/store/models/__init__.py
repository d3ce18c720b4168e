"""Every table. The glossary's words are the table names."""

from bot.store.models.people import (
    Address,
    Cohort,
    Consent,
    Enrolment,
    Organisation,
    Pairing,
    Participant,
)
from bot.store.models.programme import Alert, CheckIn, Goal, GoalEntry, Session, SessionReport
from bot.store.models.staff import AuditEntry, Mark, SignIn, SignInAttempt, SignInLink, Staff
from bot.store.models.talk import Answer, Conversation, Delivery, Message, Receipt, Template

__all__ = [
    "Address",
    "Alert",
    "Answer",
    "AuditEntry",
    "CheckIn",
    "Cohort",
    "Consent",
    "Conversation",
    "Delivery",
    "Enrolment",
    "Goal",
    "GoalEntry",
    "Mark",
    "Message",
    "Organisation",
    "Pairing",
    "Participant",
    "Receipt",
    "Session",
    "SessionReport",
    "SignIn",
    "SignInAttempt",
    "SignInLink",
    "Staff",
    "Template",
]

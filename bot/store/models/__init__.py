"""Every table. The glossary's words are the table names."""

from bot.store.models.people import (
    Address,
    Cohort,
    Consent,
    Enrolment,
    Holiday,
    Organisation,
    Pairing,
    Participant,
)
from bot.store.models.programme import (
    Alert,
    Attendance,
    CheckIn,
    Goal,
    GoalEntry,
    Report,
    Session,
    SessionChange,
    SessionReport,
    Training,
)
from bot.store.models.staff import AuditEntry, Mark, SignIn, SignInAttempt, SignInLink, Staff
from bot.store.models.talk import Answer, Conversation, Delivery, Message, Receipt, Template

__all__ = [
    "Address",
    "Alert",
    "Answer",
    "Attendance",
    "AuditEntry",
    "CheckIn",
    "Cohort",
    "Consent",
    "Conversation",
    "Delivery",
    "Enrolment",
    "Goal",
    "GoalEntry",
    "Holiday",
    "Mark",
    "Message",
    "Organisation",
    "Pairing",
    "Participant",
    "Receipt",
    "Report",
    "Session",
    "SessionChange",
    "SessionReport",
    "SignIn",
    "SignInAttempt",
    "SignInLink",
    "Staff",
    "Template",
    "Training",
]

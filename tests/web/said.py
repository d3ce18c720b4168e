"""What was said in the cohort of cohort.py: a conversation in Arabic, and letters outside any."""

from datetime import timedelta

from sqlmodel import Session as Db
from sqlmodel import select

from bot.store.models import Address, Answer, Consent, Conversation, Delivery, Message
from tests.web.rows import days_ago, kept


def talk(db: Db, who: int, enrolment: int) -> None:
    conversation = kept(
        db,
        Conversation(
            participant_id=who,
            enrolment_id=enrolment,
            flow="goal_check_in",
            version=1,
            step="rating",
            state="open",
            started_at=days_ago(1),
            updated_at=days_ago(0.8),
        ),
    )
    said = (
        ("out", "مرحبا أمينة. كيف كان أسبوعك؟", "goal_check_in.week", "read", "", None),
        ("in", "صعب", "", "", "week", "hard"),
        ("out", "هدفك: كم أنت قريبة منه الآن؟", "goal_check_in.rating", "delivered", "", None),
        ("in", "٦", "", "", "rating", "6"),
        ("out", "هل كان هناك ما جعله صعباً؟", "goal_check_in.barriers", "read", "", None),
        ("in", "1 2", "", "", "barriers", "travel,children"),
        ("out", "شكراً لك. إلى الأسبوع القادم.", "goal_check_in.thanks", "failed", "", None),
    )
    address = db.exec(select(Address.id).where(Address.participant_id == who)).one()
    for place, (direction, text, context, delivery, step, value) in enumerate(said):
        at = days_ago(1) + timedelta(minutes=3 * place)
        message = kept(
            db,
            Message(
                participant_id=who,
                address_id=address,
                conversation_id=conversation,
                direction=direction,
                channel="whatsapp",
                external_id=f"SM{place:032d}" if direction == "in" else None,
                text=text,
                language="ar",
                context=context,
                step=context.partition(".")[2] or None,
                choices=[["good", "جيد"], ["ok", "عادي"], ["hard", "صعب"]] if place == 0 else None,
                at=at,
            ),
        )
        if delivery:
            kept(
                db,
                Delivery(
                    message_id=message,
                    participant_id=who,
                    address_id=address,
                    token=f"amina-{place}",
                    state=delivery,
                    error_code="63024" if delivery == "failed" else None,
                    not_before=at,
                    updated_at=at,
                ),
            )
        if value:
            kept(
                db,
                Answer(
                    conversation_id=conversation,
                    participant_id=who,
                    enrolment_id=enrolment,
                    message_id=message,
                    flow="goal_check_in",
                    step=step,
                    value=value,
                    number=int(value) if value.isdigit() else None,
                    sensitive=step == "barriers",
                    words=text,
                    language="ar",
                    at=at,
                ),
            )
    for kind, given in (("messages", True), ("sensitive", True), ("sharing", False)):
        kept(
            db,
            Consent(
                participant_id=who,
                kind=kind,
                given=given,
                wording=f"welcome.{kind} 1",
                language="ar",
                channel="whatsapp",
                at=days_ago(40),
            ),
        )


def letters(db: Db, *, luwam: int, amina: int, stranger: int) -> None:
    came_in = (
        (luwam, "ti", "ሰላም፡ ንሰሉስ ክመጽእ ኣይክእልን እየ", "text", 1.2),
        (amina, "ar", "", "media", 0.3),
        (None, "", "Hello, is this the charity?", "text", 2.1),
    )
    for place, (who, language, text, kind, ago) in enumerate(came_in):
        kept(
            db,
            Message(
                participant_id=who,
                address_id=stranger if who is None else None,
                direction="in",
                channel="whatsapp",
                external_id=f"MM{place:032d}",
                kind=kind,
                text=text,
                language=language,
                media=[["https://api.twilio.com/m", "audio/ogg"]] if kind == "media" else None,
                at=days_ago(ago),
            ),
        )

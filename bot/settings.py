"""What the operator decides: read once from the environment, checked as a whole, frozen.

Every setting may also be given as NAME_FILE, the path of a file that holds it. No value is printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot import setting_values as read
from bot.setting_values import (
    DEFAULT_DATABASE,
    DEFAULT_DATABASE_URL,
    Reading,
    on_this_machine,
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One deployment. `load_settings` makes it; secrets stay out of its repr."""

    public_url: str  # no trailing slash
    secret_key: str = field(repr=False)
    twilio_account_sid: str = field(repr=False)
    twilio_auth_tokens: tuple[str, ...] = field(repr=False)  # the first one signs and sends
    twilio_whatsapp_from: str | None = None  # "whatsapp:+44…"
    twilio_sms_from: str | None = None  # "+44…", a short code, or a name of up to 11 characters
    twilio_api_base: str | None = None  # None: Twilio's own; no trailing slash
    database_url: str = field(default=DEFAULT_DATABASE_URL, repr=False)
    database_key: str = field(default="", repr=False)  # in the address already; for files beside
    media_dir: Path | None = None  # None: beside the database
    backup_dir: Path | None = None  # None: no nightly back-up
    keep_backups_days: int = 35
    port: int = 8000
    trusted_proxies: int = 0  # how many stand before us and say truly whom they serve
    clock: Literal["inside", "off"] = "inside"
    metrics_token: str | None = field(default=None, repr=False)
    tz_name: str = "Europe/London"
    charity_name: str = "Routes"
    contact_name: str = ""  # whom participants may ring; "" is "our team" in her language
    contact_phone: str = ""
    smtp_url: str | None = field(default=None, repr=False)  # smtp://user:password@host:587
    mail_from: str = ""
    most_replies: int = 30  # to one person in an hour, and to all strangers together
    most_messages: int | None = None  # in 24 hours, to all; None: by how many they are
    most_per_second: int = 10  # from one process, to all
    whatsapp_daily_people: int | None = 250  # written to first in 24 hours; None: no such limit
    most_spent_a_day: Decimal | None = None  # in 24 hours, in the currency of the prices
    prices_file: Path | None = None  # None: the prices that come with the bot
    log_level: str = "INFO"
    oidc_issuer: str | None = None  # who signs staff in besides us; no trailing slash
    oidc_client_id: str | None = field(default=None, repr=False)
    oidc_client_secret: str | None = field(default=None, repr=False)
    oidc_second_step: Literal["ours", "theirs"] = "ours"
    keep_words_months: int = 6
    keep_ratings_months: int = 36
    keep_consent_months: int = 72
    keep_safeguarding_months: int = 84
    keep_deliveries_days: int = 90
    keep_strangers_days: int = 90
    keep_sign_ins_days: int = 90
    keep_twilio_hours: int | None = 24  # None: what Twilio holds is left alone

    @property
    def ways_to_call(self) -> frozenset[str]:
        """How a staff member can be called to an urgent alert: sms, email."""
        ways = {"sms": self.twilio_sms_from, "email": self.smtp_url}
        return frozenset(way for way, sender in ways.items() if sender)

    @property
    def sms_is_one_way(self) -> bool:
        """A name cannot be answered: it calls staff, and never writes to a participant."""
        return self.twilio_sms_from is not None and not read.two_way(self.twilio_sms_from)

    @property
    def loopback(self) -> bool:
        """Whether messages go to a Twilio on this machine: only then may time be moved."""
        return self.twilio_api_base is not None and on_this_machine(urlsplit(self.twilio_api_base))

    @property
    def inbox_folder(self) -> Path:
        """Where messages are set down while the database is away: beside the media."""
        return self.media_folder.with_name(f"{self.media_folder.name}-inbox")

    @property
    def media_folder(self) -> Path:
        """Where fetched pictures and voice notes lie: beside the database, where it is a file."""
        if self.media_dir is not None:
            return self.media_dir
        path = urlsplit(self.database_url).path if self.database_url.startswith("sqlite") else ""
        return (Path(path[1:]) if path else DEFAULT_DATABASE).parent / "media"

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.tz_name)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Raises one SettingsError that names every problem at once."""
    reading = Reading(environ)
    settings = Settings(
        public_url=read.public_url(reading),
        secret_key=read.secret_key(reading),
        twilio_account_sid=read.account_sid(reading),
        twilio_auth_tokens=read.auth_tokens(reading),
        twilio_whatsapp_from=(both := read.senders(reading))[0],
        twilio_sms_from=both[1],
        twilio_api_base=read.api_base(reading),
        database_key=(key := read.database_key(reading)),
        database_url=read.database_url(reading, key),
        media_dir=read.folder(reading, "MEDIA_DIR"),
        backup_dir=read.folder(reading, "BACKUP_DIR"),
        keep_backups_days=read.backup_days(reading),
        port=read.port(reading),
        trusted_proxies=read.trusted_proxies(reading),
        clock=read.clock(reading),
        metrics_token=reading.get("METRICS_TOKEN") or None,
        tz_name=read.tz_name(reading),
        charity_name=reading.get("CHARITY_NAME") or "Routes",
        contact_name=reading.get("CONTACT_NAME"),
        contact_phone=reading.get("CONTACT_PHONE"),
        smtp_url=(mail := read.mail(reading))[0],
        mail_from=mail[1],
        most_replies=read.most_replies(reading),
        most_messages=read.most_messages(reading),
        most_per_second=read.most_per_second(reading),
        whatsapp_daily_people=read.whatsapp_daily_people(reading),
        most_spent_a_day=read.most_spent(reading),
        prices_file=read.file(reading, "PRICES_FILE"),
        log_level=read.log_level(reading),
        oidc_issuer=(provider := read.provider(reading))[0],
        oidc_client_id=provider[1],
        oidc_client_secret=provider[2],
        oidc_second_step=read.oidc_second_step(reading),
        keep_words_months=read.months(reading, "KEEP_WORDS_MONTHS", 6),
        keep_ratings_months=read.months(reading, "KEEP_RATINGS_MONTHS", 36),
        keep_consent_months=read.months(reading, "KEEP_CONSENT_MONTHS", 72),
        keep_safeguarding_months=read.months(reading, "KEEP_SAFEGUARDING_MONTHS", 84),
        keep_deliveries_days=read.days(reading, "KEEP_DELIVERIES_DAYS", 90),
        keep_strangers_days=read.days(reading, "KEEP_STRANGERS_DAYS", 90),
        keep_sign_ins_days=read.days(reading, "KEEP_SIGN_INS_DAYS", 90),
        keep_twilio_hours=read.twilio_hours(reading),
    )
    reading.raise_problems()
    return settings


def load_database_url(environ: Mapping[str, str]) -> str:
    """For commands that only touch the database, so that they ask for nothing else."""
    reading = Reading(environ)
    url = read.database_url(reading, read.database_key(reading))
    reading.raise_problems()
    return url


def load_secret_key(environ: Mapping[str, str]) -> str:
    """Likewise, for commands that compare fingerprints; "" when it is not set."""
    reading = Reading(environ)
    key = reading.get("SECRET_KEY")
    reading.raise_problems()
    return key


def load_timezone(environ: Mapping[str, str]) -> ZoneInfo:
    """Likewise, for commands that only need to know what day it is."""
    reading = Reading(environ)
    name = read.tz_name(reading)
    reading.raise_problems()
    return ZoneInfo(name)

"""How each setting is read from the environment and checked: a mistake gets a sentence, no value.

Every setting may also be given as NAME_FILE, the path of a file that holds it.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from bot.errors import SettingsError

DEFAULT_DATABASE = Path(__file__).resolve().parent.parent / "instance" / "routes.sqlite3"
DEFAULT_DATABASE_URL = f"sqlite:///{DEFAULT_DATABASE.as_posix()}"
SHORTEST_SECRET, SHORTEST_KEY = 16, 32
MOST_PROXIES = 9
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164
SHORT_CODE = re.compile(r"[0-9]{3,8}")
SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +\-_&]{1,11}")  # Twilio: alphanumeric sender ID
MAIL_ADDRESS = re.compile(r"[^@\s<>,;:]{1,64}@[^@\s<>,;:]+")
MONEY = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,4})?")
ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")


def on_this_machine(url: SplitResult) -> bool:
    host = url.hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class Reading:
    """The environment and what was found wrong in it so far."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def get(self, name: str) -> str:
        """The value without surrounding blanks; "" when it is not set. Ask once for each name."""
        return self._read(name) or ""

    def required(self, name: str, advice: str) -> str:
        value = self._read(name)
        if value == "":
            self.problem(f"{name} is missing: {advice}")
        return value or ""

    def _read(self, name: str) -> str | None:
        """None: it was set, but could not be read, which is already a problem of its own."""
        value, path = self.environ.get(name, "").strip(), self.environ.get(f"{name}_FILE", "")
        if value and path:
            self.problem(f"{name} and {name}_FILE are both set; keep one of them.")
            return None
        if not path:
            return value
        try:
            return Path(path).read_text(encoding="utf-8-sig").strip()
        except (OSError, ValueError):
            self.problem(f"{name}_FILE names a file that cannot be read: {path}")
            return None

    def problem(self, sentence: str) -> None:
        self.problems.append(sentence)

    def raise_problems(self) -> None:
        if self.problems:
            raise SettingsError(*self.problems)


def public_url(reading: Reading) -> str:
    advice = (
        "the address at which Twilio and staff reach this bot, such as https://bot.example.org."
    )
    value = reading.required("PUBLIC_URL", advice).rstrip("/")
    if value and (fault := _address_fault(value)):
        reading.problem(f"PUBLIC_URL {fault}; it is {advice}")
    return value


def api_base(reading: Reading) -> str | None:
    value = reading.get("TWILIO_API_BASE").rstrip("/")
    if value and (fault := _address_fault(value)):
        reading.problem(f"TWILIO_API_BASE {fault}; leave it out to use Twilio itself.")
    return value or None


def _address_fault(value: str) -> str:
    """What is wrong with a web address, "" when nothing is. Plain http shows secrets on the way."""
    try:
        url = urlsplit(value)
        host, _ = url.hostname, url.port
    except ValueError:
        return "is not a web address"
    if url.scheme not in ("http", "https") or not host or re.search(r"\s", value):
        return "must start with https:// and name a host"
    if url.query or url.fragment or url.username or "?" in value or "#" in value:
        return "must hold no query, fragment or password"
    if url.scheme == "http" and not on_this_machine(url):
        return "must use https:// (http:// is only for this machine)"
    return ""


def secret_key(reading: Reading) -> str:
    advice = "a random text that signs sign-ins, such as openssl rand -hex 32 prints."
    value = reading.required("SECRET_KEY", advice)
    if value and len(value) < SHORTEST_SECRET:
        reading.problem(f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters; use {advice}")
    return value


def account_sid(reading: Reading) -> str:
    advice = "copy the Account SID from Twilio's console: AC and 32 characters of 0-9 and a-f."
    value = reading.required("TWILIO_ACCOUNT_SID", advice)
    if value and not ACCOUNT_SID.fullmatch(value):
        reading.problem(f"TWILIO_ACCOUNT_SID does not look like one; {advice}")
    return value


def auth_tokens(reading: Reading) -> tuple[str, ...]:
    advice = "copy the Auth Token from Twilio's console (two with a comma between while rotating)."
    value = reading.required("TWILIO_AUTH_TOKEN", advice)
    tokens = tuple(token.strip() for token in value.split(",")) if value else ()
    if any(not token or re.search(r"\s", token) for token in tokens):
        reading.problem(f"TWILIO_AUTH_TOKEN has an empty or broken token in it; {advice}")
    return tokens


def senders(reading: Reading) -> tuple[str | None, str | None]:
    """The WhatsApp and the SMS sender, of which there must be at least one."""
    before = len(reading.problems)
    whatsapp, sms = _whatsapp_from(reading), _sms_from(reading)
    if not whatsapp and not sms and len(reading.problems) == before:
        reading.problem(
            "TWILIO_WHATSAPP_FROM and TWILIO_SMS_FROM are both missing: set at least one sender."
        )
    if sms and not whatsapp and SENDER_NAME.fullmatch(sms) and not two_way(sms):
        reading.problem(
            "TWILIO_SMS_FROM is a name, and nobody can answer a name, not even with STOP: use a "
            "number or a short code, or set TWILIO_WHATSAPP_FROM too. Then it only calls staff."
        )
    return whatsapp, sms


def two_way(sender: str) -> bool:
    """Whether an SMS from this sender can be answered."""
    return bool(PHONE_NUMBER.fullmatch(sender) or SHORT_CODE.fullmatch(sender))


def _whatsapp_from(reading: Reading) -> str | None:
    value = reading.get("TWILIO_WHATSAPP_FROM")
    if not value:
        return None
    number = _number(value.removeprefix("whatsapp:"))
    if not PHONE_NUMBER.fullmatch(number):
        reading.problem("TWILIO_WHATSAPP_FROM must be a number such as whatsapp:+441134960000.")
    return f"whatsapp:{number}"


def _sms_from(reading: Reading) -> str | None:
    value = reading.get("TWILIO_SMS_FROM")
    number = _number(value)
    if PHONE_NUMBER.fullmatch(number) or SHORT_CODE.fullmatch(number):
        return number
    if value and not SENDER_NAME.fullmatch(value):
        reading.problem(
            "TWILIO_SMS_FROM must be a number such as +441134960000, a short code, "
            "or a sender name of up to 11 letters and digits."
        )
    return value or None


def _number(value: str) -> str:
    return re.sub(r"[ ().-]", "", value)


def database_url(reading: Reading, key: str) -> str:
    """The address, with the key in it where there is one."""
    value = reading.get("DATABASE_URL") or DEFAULT_DATABASE_URL
    scheme, separator, rest = value.partition("://")
    dialect = scheme.partition("+")[0]
    if separator and dialect in ("postgres", "postgresql"):
        if key:
            reading.problem(
                "DATABASE_KEY encrypts an SQLite file; leave it out with PostgreSQL, and encrypt "
                "that one's disk."
            )
        return f"postgresql+psycopg://{rest}"
    if separator and scheme == "sqlite" and rest.strip("/@") and ":memory:" not in rest:
        return _with_key(value, key) if key else value
    reading.problem(
        "DATABASE_URL must be sqlite:////path/to/a/file or postgresql://user:password@host/name."
    )
    return value


def database_key(reading: Reading) -> str:
    advice = "a random text of 32 characters or more, such as openssl rand -hex 32 prints."
    value = reading.get("DATABASE_KEY")
    if value and len(value) < SHORTEST_KEY:
        reading.problem(f"DATABASE_KEY is shorter than {SHORTEST_KEY} characters; use {advice}")
    return value


def _with_key(url: str, key: str) -> str:
    """The key rides in the address as its password, which nothing prints."""
    from sqlalchemy import make_url

    from bot.store.cipher import with_key

    return with_key(make_url(url), key).render_as_string(hide_password=False)


def folder(reading: Reading, name: str) -> Path | None:
    """The path of a folder, which need not be there yet."""
    value = reading.get(name)
    if not value:
        return None
    path = Path(value)
    if not path.is_absolute() or (path.exists() and not path.is_dir()):
        reading.problem(f"{name} must be the whole path of a folder, such as /var/lib/routes.")
    return path


def backup_days(reading: Reading) -> int:
    """For how many days a nightly back-up is kept."""
    value = reading.get("KEEP_BACKUPS_DAYS") or "35"
    if value.isascii() and value.isdigit() and 1 <= int(value) <= 3650:
        return int(value)
    reading.problem("KEEP_BACKUPS_DAYS must be a whole number of days from 1 to 3650.")
    return 0


def port(reading: Reading) -> int:
    value = reading.get("PORT") or "8000"
    if value.isascii() and value.isdigit() and 1 <= int(value) <= 65535:
        return int(value)
    reading.problem("PORT must be a whole number from 1 to 65535.")
    return 0


def trusted_proxies(reading: Reading) -> int:
    value = reading.get("TRUSTED_PROXIES") or "0"
    if value.isascii() and value.isdigit() and int(value) <= MOST_PROXIES:
        return int(value)
    reading.problem(f"TRUSTED_PROXIES must be a whole number from 0 to {MOST_PROXIES}.")
    return 0


def clock(reading: Reading) -> Literal["inside", "off"]:
    value = reading.get("CLOCK") or "inside"
    if value not in ("inside", "off"):
        reading.problem("CLOCK must be inside (this process keeps time) or off (another one does).")
    return "off" if value == "off" else "inside"


def tz_name(reading: Reading) -> str:
    value = reading.get("TZ_NAME") or "Europe/London"
    try:
        return ZoneInfo(value).key
    except (OSError, ValueError, LookupError):
        reading.problem("TZ_NAME must be a time zone such as Europe/London.")
        return "UTC"


def mail(reading: Reading) -> tuple[str | None, str]:
    """The server that takes our e-mail, and from whom it is: both, or neither."""
    url, sender = reading.get("SMTP_URL"), reading.get("MAIL_FROM")
    advice = "smtp://user:password@mail.example.org:587 (or smtps://, with port 465)."
    if url and not _is_mail_server(url):
        reading.problem(f"SMTP_URL must be like {advice}")
    if url and not MAIL_ADDRESS.fullmatch(sender):
        reading.problem("MAIL_FROM must be the address that e-mail comes from, with SMTP_URL.")
    return url or None, sender


def _is_mail_server(value: str) -> bool:
    try:
        url = urlsplit(value)
        host, _ = url.hostname, url.port
    except ValueError:
        return False
    plain = not url.path.strip("/") and not url.query and not url.fragment
    return url.scheme in ("smtp", "smtps") and bool(host) and plain and not re.search(r"\s", value)


def log_level(reading: Reading) -> str:
    value = (reading.get("LOG_LEVEL") or "INFO").upper()
    if value not in LOG_LEVELS:
        reading.problem(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}.")
    return value


def months(reading: Reading, name: str, default: int) -> int:
    """How long something is kept; never shorter than a month, lest a slip erase everything."""
    return _whole(reading, name, default, lowest=1, highest=600)


def days(reading: Reading, name: str, default: int) -> int:
    """Likewise; what the bot still needs itself is up to a fortnight old."""
    return _whole(reading, name, default, lowest=30, highest=18_000)


def twilio_hours(reading: Reading) -> int | None:
    """How long Twilio keeps its copy of what is final; None: nothing is erased there."""
    value = reading.get("KEEP_TWILIO_HOURS") or "24"
    if value == "off":
        return None
    if value.isascii() and value.isdigit() and 1 <= int(value) <= 10_000:
        return int(value)
    reading.problem("KEEP_TWILIO_HOURS must be a whole number of hours from 1 to 10000, or off.")
    return None


def _whole(reading: Reading, name: str, default: int, *, lowest: int, highest: int) -> int:
    value = reading.get(name) or str(default)
    if value.isascii() and value.isdigit() and lowest <= int(value) <= highest:
        return int(value)
    reading.problem(f"{name} must be a whole number from {lowest} to {highest}.")
    return default


def most_replies(reading: Reading) -> int:
    """To one person in an hour; never so few that a conversation cannot come to its end."""
    return _whole(reading, "MOST_REPLIES", 30, lowest=10, highest=10_000)


def most_messages(reading: Reading) -> int | None:
    """To everybody in 24 hours; None: by how many people there are."""
    if not reading.environ.get("MOST_MESSAGES"):
        return None
    return _whole(reading, "MOST_MESSAGES", 1000, lowest=50, highest=10_000_000)


def most_per_second(reading: Reading) -> int:
    """From one process, whoever gets it."""
    return _whole(reading, "MOST_PER_SECOND", 10, lowest=1, highest=80)


def whatsapp_daily_people(reading: Reading) -> int | None:
    """Whom we may write to first in 24 hours, by Meta's tier; None: as many as there are."""
    if reading.get("WHATSAPP_DAILY_PEOPLE") == "all":
        return None
    value = reading.get("WHATSAPP_DAILY_PEOPLE") or "250"
    if value.isascii() and value.isdigit() and 1 <= int(value) <= 1_000_000:
        return int(value)
    reading.problem("WHATSAPP_DAILY_PEOPLE must be a number of people from 1 to 1000000, or all.")
    return None


def most_spent(reading: Reading) -> Decimal | None:
    """On messages in 24 hours, in the currency of the prices; None: no such limit."""
    value = reading.get("MOST_SPENT_A_DAY")
    if not value:
        return None
    if MONEY.fullmatch(value) and Decimal(value) > 0:
        return Decimal(value)
    reading.problem("MOST_SPENT_A_DAY must be an amount of money, such as 10 or 7.50.")
    return None


def file(reading: Reading, name: str) -> Path | None:
    """The path of a file that must be there."""
    value = reading.get(name)
    if value and not Path(value).is_file():
        reading.problem(f"{name} names a file that is not there: {value}")
    return Path(value) if value else None


def provider(reading: Reading) -> tuple[str, str, str] | tuple[None, None, None]:
    """Issuer, client id and client secret of the charity's own provider, if it has one."""
    issuer = reading.get("OIDC_ISSUER").rstrip("/")
    client_id, client_secret = reading.get("OIDC_CLIENT_ID"), reading.get("OIDC_CLIENT_SECRET")
    if not (issuer or client_id or client_secret):
        return None, None, None
    if not (issuer and client_id and client_secret):
        reading.problem("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET go together: set all.")
    if issuer and (fault := _address_fault(issuer)):
        reading.problem(f"OIDC_ISSUER {fault}; copy it from the provider's own pages.")
    return issuer, client_id, client_secret


def oidc_second_step(reading: Reading) -> Literal["ours", "theirs"]:
    value = reading.get("OIDC_SECOND_STEP") or "ours"
    if value not in ("ours", "theirs"):
        reading.problem("OIDC_SECOND_STEP must be ours (we ask for one) or theirs (they did).")
    return "theirs" if value == "theirs" else "ours"

"""What the doctor asks of others: Twilio, our own public address, the mail server. Only reads;
each call has a time-out, and what goes wrong comes back as words without an address in them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from bot.channels.base import Later, Unsure
from bot.channels.twilio_signature import sign
from bot.doctor.line import FALLBACK_PATH, MESSAGE_PATH, Answer
from bot.errors import Unsent
from bot.setting_values import on_this_machine
from bot.settings import Settings

if TYPE_CHECKING:
    from twilio.rest import Client

SECONDS = 8.0
API, MESSAGING = "https://api.twilio.com", "https://messaging.twilio.com"
SENDERS_PAGE = 100


def twilio_client(settings: Settings) -> "Client":
    from bot.channels.twilio_client import connect

    return connect(
        account_sid=settings.twilio_account_sid,
        token=settings.twilio_auth_tokens[0],
        base=settings.twilio_api_base,
        timeout=SECONDS,
    )


def ask_messages(client: "Client", settings: Settings) -> Answer:
    """The newest message, to see that we are let in. Nothing of it is looked at."""
    path = f"/2010-04-01/Accounts/{settings.twilio_account_sid}/Messages.json"
    return _ask(client, f"{API}{path}?PageSize=1")


def ask_senders(client: "Client") -> Answer:
    """Our WhatsApp senders, as they are set up."""
    query = urlencode({"Channel": "whatsapp", "PageSize": SENDERS_PAGE})
    return _ask(client, f"{MESSAGING}/v2/Channels/Senders?{query}")


def _ask(client: "Client", url: str) -> Answer:
    import json

    from bot.channels.twilio_client import outcome

    try:
        with outcome():
            response = client.request("GET", url)
            date = (response.headers or {}).get("Date")
            return Answer(
                status=response.status_code,
                date=parsedate_to_datetime(date) if date else None,
                asked_at=datetime.now(UTC),
                json=json.loads(response.text) if response.status_code == 200 else None,
            )
    except Later:
        return Answer(status=429)
    except (Unsent, Unsure) as error:
        return Answer(status=None, why=str(error))


def ask_healthz(settings: Settings) -> Answer:
    """Our own address, as the world asks for it."""
    return _reach("GET", f"{settings.public_url}/healthz")


def post_webhooks(settings: Settings, *, rightly: bool) -> tuple[Answer, ...]:
    """To each address for messages; one holds none, so that nothing can come of it. Signed
    `rightly`, or as somebody else would."""
    paths = (MESSAGE_PATH, FALLBACK_PATH)
    return tuple(_post_webhook(settings, path, rightly=rightly) for path in paths)


def _post_webhook(settings: Settings, path: str, *, rightly: bool) -> Answer:
    form = {"AccountSid": settings.twilio_account_sid, "DoctorAsks": "1"}
    url = f"{settings.public_url}{path}"
    fields = "".join(name + value for name, value in sorted(form.items()))
    token = settings.twilio_auth_tokens[0] if rightly else "of somebody else"
    signature = sign(url=url, fields=fields, token=token).decode()
    return _reach("POST", url, data=form, headers={"X-Twilio-Signature": signature})


def _reach(
    method: str,
    url: str,
    *,
    data: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """As it stands: no redirect is followed, for Twilio would lose the form on the way."""
    import requests

    with requests.Session() as session:
        session.trust_env = not on_this_machine(urlsplit(url))
        try:
            response = session.request(
                method, url, data=data, headers=headers, timeout=SECONDS, allow_redirects=False
            )
        except requests.exceptions.SSLError:
            return Answer(status=None, why="its certificate is not accepted")
        except requests.exceptions.Timeout:
            return Answer(status=None, why=f"nothing comes within {SECONDS:.0f} seconds")
        except requests.exceptions.RequestException:
            return Answer(status=None, why="no connection")
    return Answer(status=response.status_code)


def greet_mail(settings: Settings) -> str | None:
    """What is wrong with the mail server; "" nothing, None: there is none."""
    if not settings.smtp_url:
        return None
    from bot.channels.mail import SmtpMail

    try:
        SmtpMail(settings.smtp_url, sender=settings.mail_from, timeout=SECONDS).greet()
    except (Unsent, Unsure) as error:
        return str(error) or "no connection"
    return ""

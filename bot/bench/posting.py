"""What the benchmark posts: signed bodies in Twilio's shape, and the load that posts them."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bot.bench.cast import address_of, language_of, sid_of, token_of
from bot.channels.twilio_signature import sign

ACCOUNT = "AC" + "5" * 32
TOKEN = "a-token-of-the-benchmark"  # noqa: S105
SENDER = "whatsapp:+447700900000"
PUBLIC_URL = "https://bench.example"
MESSAGE, STATUS = "/webhooks/twilio/message", "/webhooks/twilio/status"
CONNECTIONS = 16
SEVEN = {"ar": "٧", "fa": "۷", "ti": "7", "en": "7"}
# What she sends at each step, typed or (template:key) tapped: two weeks in three are good ones
GOOD = ("goal_check_in.week:good", "{seven}", "1")
HARD = ("goal_check_in.week:hard", "4", "3", "1 4", "2")
RECEIPTS = ("sent", "read", "delivered", "sent")  # out of order, and one of them twice

Post = tuple[str, str]  # its id, and the whole request


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of a load. Rates are of all answers, whatever they said."""

    seconds: float
    answered: frozenset[str]  # the ids of those answered 2xx
    statuses: dict[str, int]
    milliseconds: tuple[float, ...]

    @property
    def rate(self) -> float:
        return len(self.milliseconds) / self.seconds

    @property
    def refused(self) -> int:
        """How many answers were not 2xx."""
        return sum(n for status, n in self.statuses.items() if not status.startswith("2"))

    def quantile(self, share: float) -> float:
        """The latency in ms that this share of the answers stayed below."""
        ordered = sorted(self.milliseconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def conversations(people: Iterable[int], *, round_number: int) -> list[list[Post]]:
    """One lane a connection: everybody's check-in, turn after turn."""
    lanes: list[list[Post]] = [[] for _ in range(CONNECTIONS)]
    for person in people:
        said = HARD if person % 3 == 0 else GOOD
        for turn, words in enumerate(said):
            sid = f"SM{round_number:08x}{person:012x}{turn:012x}"
            form = _message(person, sid=sid, words=words)
            lanes[person % CONNECTIONS].append((sid, _request(MESSAGE, form)))
    return lanes


def receipts(people: Iterable[int]) -> list[list[Post]]:
    """What became of the question that each of them was asked, as Twilio tells it."""
    lanes: list[list[Post]] = [[] for _ in range(CONNECTIONS)]
    for person in people:
        path = f"{STATUS}?m={token_of(person)}"
        for number, status in enumerate(RECEIPTS):
            form = _receipt(person, status=status)
            post = (f"{person}-{number}", _request(path, form))
            lanes[person % CONNECTIONS].append(post)
    return lanes


def unsigned(lanes: Sequence[Sequence[Post]]) -> list[list[Post]]:
    """The same bodies, posted to where no signature is asked for."""
    return [[(sid, text.replace(MESSAGE, "/insert", 1)) for sid, text in lane] for lane in lanes]


def load(
    port: int, lanes: Sequence[Sequence[Post]], *, seconds: float, repeat: bool, most: int = 0
) -> Done:
    """Post the lanes side by side, from a process of its own, for that long at most."""
    with start_load(port, lanes, seconds=seconds, repeat=repeat, most=most) as process:
        return finish_load(process)


def start_load(
    port: int, lanes: Sequence[Sequence[Post]], *, seconds: float, repeat: bool, most: int = 0
) -> subprocess.Popen[str]:
    """Likewise, without waiting for it."""
    process = subprocess.Popen(
        [sys.executable, "-P", str(Path(__file__).with_name("load.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    job = {"port": port, "lanes": lanes, "seconds": seconds, "repeat": repeat, "most": most}
    if process.stdin is None:
        raise TypeError("the load reads its job from a pipe")
    json.dump(job, process.stdin)
    process.stdin.close()
    process.stdin = None
    return process


def finish_load(process: subprocess.Popen[str]) -> Done:
    """What the load found; a load that broke is an error of the benchmark itself."""
    printed, _ = process.communicate()
    if process.returncode:
        raise SystemExit("The load generator stopped; see above.")
    found = json.loads(printed)
    return Done(
        seconds=found["seconds"],
        answered=frozenset(found["answered"]),
        statuses=found["statuses"],
        milliseconds=tuple(found["milliseconds"]),
    )


def _message(person: int, *, sid: str, words: str) -> dict[str, str]:
    language, address = language_of(person), address_of(person)
    form = {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": "Amina",
        "MessageType": "text",
        "SmsSid": sid,
        "WaId": address.removeprefix("whatsapp:+"),
        "SmsStatus": "received",
        "Body": words.format(seven=SEVEN[language]),
        "To": SENDER,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": address,
        "ChannelMetadata": '{"type":"whatsapp","data":{"context":{"ProfileName":"Amina"}}}',
        "ApiVersion": "2010-04-01",
    }
    if ":" in words:
        form |= {
            "MessageType": "button",
            "Body": words.partition(":")[2],
            "ButtonText": words.partition(":")[2],
            "ButtonPayload": f"t:{words}",
            "OriginalRepliedMessageSid": sid_of(person),
        }
    return form


def _receipt(person: int, *, status: str) -> dict[str, str]:
    return {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "ChannelToAddress": address_of(person),
        "ChannelPrefix": "whatsapp",
        "From": SENDER,
        "To": address_of(person),
        "MessageSid": sid_of(person),
        "SmsSid": sid_of(person),
        "MessageStatus": status,
        "SmsStatus": status,
    }


def _request(path: str, form: dict[str, str]) -> str:
    body = urlencode(form)
    fields = "".join(name + form[name] for name in sorted(form))
    signature = sign(url=PUBLIC_URL + path, fields=fields, token=TOKEN).decode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench.example\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        f"X-Twilio-Signature: {signature}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )

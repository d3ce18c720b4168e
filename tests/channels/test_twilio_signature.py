"""Our own check of Twilio's signature against Twilio's own, over anything that can be signed."""

from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from bot.channels.twilio import verify

URL = "https://bot.example.org/webhooks/twilio/message"
FORM = {"Body": "", "From": "whatsapp:+447700900101", "AccountSid": "AC1", "Zed": "سلام"}
TOKEN = "an-invented-token"
text = st.text(st.characters(codec="utf-8"), max_size=30)
urls = st.sampled_from(
    [
        URL,
        f"{URL}?m=a%2Fb&x=%D8%B3",
        "https://bot.example.org:8443/webhooks/twilio/status?m=1",
        "https://bot.example.org:443/hook",
        "http://127.0.0.1:8000/webhooks/twilio/message",
        "https://Bot.Example.org/Hook/",
    ]
)


def _signed(url: str, form: object, token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, form))


@given(url=urls, form=st.dictionaries(text, text, max_size=6), token=text.filter(bool))
def test_whatever_twilio_signs_is_accepted(url: str, form: dict[str, str], token: str) -> None:
    signature = _signed(url, form, token)
    assert RequestValidator(token).validate(url, form, signature)
    assert verify(url=url, params=form, signature=signature, tokens=[token])


@given(url=urls, signed=urls, form=st.dictionaries(text, text, max_size=3))
def test_the_verdict_is_that_of_twilios_own_validator(
    url: str, signed: str, form: dict[str, str]
) -> None:
    signature = _signed(signed, form)
    expected = RequestValidator(TOKEN).validate(url, form, signature)
    assert verify(url=url, params=form, signature=signature, tokens=[TOKEN]) == expected


@given(fields=st.lists(st.tuples(st.sampled_from(["A", "B"]), text), max_size=5))
def test_repeated_fields_are_signed_as_twilio_does(fields: list[tuple[str, str]]) -> None:
    form = MultiDict(fields)
    assert verify(url=URL, params=form, signature=_signed(URL, form), tokens=[TOKEN])


@given(signature=st.none() | st.text(max_size=60), url=st.text(max_size=60))
def test_no_signature_and_no_url_makes_the_check_raise(signature: str | None, url: str) -> None:
    assert verify(url=url, params=FORM, signature=signature, tokens=[TOKEN]) is False


def test_a_lone_surrogate_is_refused_and_does_not_raise() -> None:
    form = {**FORM, "Body": "\ud83d"}
    assert not verify(url=URL, params=form, signature="c2ln", tokens=[TOKEN])


def test_while_tokens_rotate_the_old_and_the_new_one_are_accepted() -> None:
    signature = _signed(URL, FORM, "old")
    assert verify(url=URL, params=FORM, signature=signature, tokens=["new", "old"])
    assert not verify(url=URL, params=FORM, signature=signature, tokens=["new"])


def test_an_empty_token_accepts_nothing() -> None:
    signature = _signed(URL, FORM, "")
    assert not verify(url=URL, params=FORM, signature=signature, tokens=[""])
    assert not verify(url=URL, params=FORM, signature=signature, tokens=[])


def test_a_changed_field_or_url_is_refused() -> None:
    signature = _signed(URL, FORM)
    changed = {**FORM, "From": "whatsapp:+447700900666"}
    assert not verify(url=URL, params=changed, signature=signature, tokens=[TOKEN])
    assert not verify(url=f"{URL}/", params=FORM, signature=signature, tokens=[TOKEN])
    assert not verify(url=f"{URL}?m=1", params=FORM, signature=signature, tokens=[TOKEN])


def test_a_port_that_one_side_leaves_out_is_forgiven() -> None:
    signature = _signed("https://bot.example.org:443/hook", FORM)
    assert verify(
        url="https://bot.example.org/hook", params=FORM, signature=signature, tokens=[TOKEN]
    )
    signature = _signed("https://bot.example.org/hook", FORM)
    assert verify(
        url="https://bot.example.org:8443/hook", params=FORM, signature=signature, tokens=[TOKEN]
    )

"""The simulated Twilio itself: one account, its phones, and what passes between them.

`server.py` puts the REST API in front of it, `phones.py` the phones in the browser. No webhook is
posted while a lock is held that a request needs: the product may call back in the middle of one.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.simulator import contents, fetching, forms, hooks, outbound
from bot.simulator.ledger import Ledger
from bot.simulator.mischief import Mischief, Trick
from bot.simulator.opt_outs import OptOuts
from bot.simulator.receipts import Receipts
from bot.simulator.records import (
    Approval,
    Call,
    Content,
    Hook,
    Media,
    Message,
    Phone,
    Refusal,
    channel_of,
    without_channel,
)
from bot.simulator.replies import replies
from bot.simulator.shelf import Shelf

END_OF_TIME = timedelta(days=40)  # later than anything can be scheduled


class SimulatedTwilio:
    """`clock` is the simulated time. Set `webhook_url` before anyone writes."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        whatsapp_from: str | None,
        sms_from: str | None,
        clock: Callable[[], datetime],
        webhook_url: str | None = None,
        fallback_url: str | None = None,
        auto_approve: bool = True,
        review_time: timedelta = timedelta(),
        sync_window_errors: bool = False,
    ) -> None:
        self.account_sid, self.auth_token, self.clock = account_sid, auth_token, clock
        self.webhook_url, self.fallback_url = webhook_url, fallback_url
        self.sync_window_errors = sync_window_errors  # 63016 in the answer, not by callback
        self.content_gone = 21655  # what a send by a deleted content is answered with
        self.base_url = "https://api.twilio.com"  # `serve` puts its own here
        self.post: hooks.Post = hooks.post  # how a webhook reaches the product
        self.fetch: fetching.Fetch = fetching.fetch  # and how media are got from it
        self.senders: dict[str, str] = {}  # channel: the address that the product sends from
        if whatsapp_from:
            self.senders["whatsapp"] = "whatsapp:" + without_channel(whatsapp_from)
        if sms_from:
            self.senders["sms"] = sms_from
        self.phones: list[Phone] = []
        self.calls: list[Call] = []
        self.hooks: list[Hook] = []
        self.alerts: list[tuple[int, str]] = []  # code and URL: what Twilio's debugger shows
        self.typing: dict[str, datetime] = {}  # phone number: until when dots are shown
        self.mischief = Mischief()
        self.ledger = Ledger(clock=clock)
        self.shelf = Shelf(
            clock=clock, mischief=self.mischief, auto_approve=auto_approve, review_time=review_time
        )
        self._receipts = Receipts(
            account_sid=account_sid, mischief=self.mischief, post=self._post_receipt
        )
        self._last_inbound: dict[str, datetime] = {}  # on WhatsApp, by number
        self._opt_outs = OptOuts()

    # --- for assertions ------------------------------------------------------------------------

    @property
    def messages(self) -> list[Message]:
        """Every message in and out, oldest first."""
        return list(self.ledger.messages.values())

    @property
    def contents(self) -> dict[str, Content]:
        return dict(self.shelf.contents)

    @property
    def approvals(self) -> dict[str, Approval]:
        return {sid: self.shelf.approval(sid) for sid in self.contents}

    def sent_to(self, address: str) -> list[Message]:
        """What the product sent to her, oldest first."""
        return [each for each in self.talk_with(address) if not each.inbound]

    def talk_with(self, address: str) -> list[Message]:
        """Both sides of the talk with her, oldest first."""
        return self.ledger.of(self.phone(address))

    # --- people's phones -----------------------------------------------------------------------

    def add_phone(
        self,
        *,
        number: str,
        name: str,
        whatsapp: bool = True,
        sms: bool = True,
        user_id: str | None = None,
        shows_number: bool | None = None,
        language: str = "",
        about: str = "",
    ) -> Phone:
        """With a `user_id` (a BSUID) the phone hides its number, unless told otherwise."""
        phone = Phone(
            number=number,
            name=name,
            user_id=user_id or f"GB.{uuid.uuid5(uuid.NAMESPACE_URL, number).hex[:20].upper()}",
            whatsapp=whatsapp,
            sms=sms,
            shows_number=user_id is None if shows_number is None else shows_number,
            language=language,
            about=about,
        )
        self.phones.append(phone)
        return phone

    def phone(self, address: str) -> Phone:
        """By number, user id or channel address. KeyError when nobody has it."""
        found = self._find_phone(address)
        if found is None:
            raise KeyError("no phone has this address")
        return found

    def _find_phone(self, address: str) -> Phone | None:
        bare = without_channel(address)
        return next((each for each in self.phones if bare in (each.number, each.user_id)), None)

    def window_open(self, address: str) -> bool:
        """Whether free text may be sent to her on WhatsApp at this moment."""
        return self._window_open(self.phone(address))

    def window_closes(self, address: str) -> datetime | None:
        """When it closed or will close; None when she has never written on WhatsApp."""
        last = self._last_inbound.get(self.phone(address).number)
        return None if last is None else last + outbound.WINDOW

    def _window_open(self, phone: Phone | None) -> bool:
        closes = self.window_closes(phone.number) if phone else None
        return closes is not None and self.clock() < closes

    # --- she writes ----------------------------------------------------------------------------

    def receive_from(
        self,
        number: str,
        body: str = "",
        *,
        channel: str = "whatsapp",
        button: tuple[str, str] | None = None,
        list_item: tuple[str, str] | None = None,
        media: Sequence[tuple[str, bytes]] = (),
        replied_to: str | None = None,
        profile_name: str | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> str:
        """She writes, taps (`button`: payload and text) or picks (`list_item`: id and title).

        Posts the signed webhook before it returns the SID. `extra` parameters win over the rest.
        """
        phone = self.phone(number)
        picked = button or list_item
        message = self.ledger.add(
            direction="inbound",
            channel=channel,
            from_=phone.address(channel),
            to=self.senders[channel],
            body=picked[1] if picked else body,
            status="received",
            phone=phone,
            with_media=bool(media),
        )
        message.replied_to = replied_to
        message.media.extend(self._media(kind, data) for kind, data in media)
        if channel == "whatsapp":
            self._last_inbound[phone.number] = message.created_at
        if channel == "sms":
            said = self._opt_outs.obey(phone.number, message.to, text=body)
            if said:
                self._answer(said, phone=phone, channel=channel)
        form = forms.message_form(
            message,
            phone=phone,
            account_sid=self.account_sid,
            media_base=f"{self.base_url}/2010-04-01/Accounts/{self.account_sid}",
            button=button,
            list_item=list_item,
            template_button=self._was_template(replied_to),
            profile_name=profile_name,
        )
        self._bring({**form, **(extra or {})}, phone=phone)
        return message.sid

    def repeat(self, sid: str, *, extra: Mapping[str, str] | None = None) -> Hook:
        """Posts the webhook of an earlier incoming message once more, as it was."""
        first = next(each for each in self.hooks if each.form.get("MessageSid") == sid)
        return self._post(first.url, {**first.form, **(extra or {})}, kind=first.kind)[0]

    def _media(self, content_type: str, data: bytes) -> Media:
        return Media(
            sid="ME" + uuid.uuid4().hex,
            content_type=content_type,
            data=data,
            created_at=self.clock(),
        )

    def _was_template(self, sid: str | None) -> bool:
        original = self.ledger.messages.get(sid or "")
        content_sid = original.content_sid if original else None
        return self.shelf.approval(content_sid).status == "approved"

    def _bring(self, form: Mapping[str, str], *, phone: Phone) -> None:
        if self.webhook_url is None or self.mischief.take("lost_webhook"):
            return
        twice = self.mischief.take("duplicate_webhook")
        for _ in range(twice.copies if twice else 1):
            outcome = self._post_with_fallback(self.webhook_url, form)
            if outcome.failure:
                continue
            texts, alert = replies(outcome)
            if alert:
                self.alerts.append((alert, self.webhook_url))
            for text in texts:
                self._answer(text, phone=phone, channel=channel_of(form["To"]))

    def _post_with_fallback(self, url: str, form: Mapping[str, str]) -> hooks.Outcome:
        outcome = self._post(url, form, kind="message")[1]
        if outcome.failure:
            self.alerts.append((11205 if outcome.failure == "ct" else 11200, url))
            if self.fallback_url:
                outcome = self._post(self.fallback_url, form, kind="message")[1]
        return outcome

    def _answer(self, text: str, *, phone: Phone, channel: str) -> None:
        """A message that Twilio itself sends: for a keyword, or because of TwiML."""
        self.ledger.add(
            direction="outbound-reply",
            channel=channel,
            from_=self.senders[channel],
            to=phone.address(channel),
            body=text,
            status="delivered",
            phone=phone,
        )

    # --- the product sends ---------------------------------------------------------------------

    def create_message(self, form: Mapping[str, Sequence[str]]) -> Message:
        """Raises Refusal. The message then moves on with the clock, in `deliver_due`."""
        now = self.clock()
        request = outbound.read_request(form, senders=self.senders, now=now)
        fetched = [self.fetch(url) for url in request.media_urls]
        situation = self._situation(request, media_trouble=fetching.trouble(fetched))
        message = self.ledger.add(
            direction="outbound-api",
            channel=request.channel,
            from_=request.sender,
            to=request.to,
            body=situation.shown.body if situation.shown else request.body,
            status=outbound.first_status(request),
            phone=situation.phone,
            with_media=bool(request.media_urls),
        )
        message.content_sid, message.shown = request.content_sid, situation.shown
        if content := self._content_of(request):
            message.left_out = contents.left_out(content, request.variables)
        message.media_urls, message.callback = request.media_urls, request.callback
        message.media.extend(self._media(each.kind, each.data) for each in fetched if each)
        message.service_sid = request.service_sid
        message.unlisted = self.mischief.take("unlisted") is not None
        message.shuffled = self.mischief.take("reorder_callbacks") is not None
        message.steps = outbound.steps(request, situation, now=now)
        if situation.phone is not None:
            self.typing.pop(situation.phone.number, None)
        if self.mischief.take("early_callbacks"):
            self._receipts.early(message)
        return message

    def _situation(
        self, request: outbound.SendRequest, *, media_trouble: int | None
    ) -> outbound.Situation:
        content = self._content_of(request)
        phone = self._find_phone(request.to)
        if phone is not None and self._opt_outs.holds(phone.number, request.sender):
            raise Refusal(21610)
        shown = None
        if content is not None:
            shown = contents.show(content, request.variables, channel=request.channel)
        situation = outbound.Situation(
            phone=phone,
            window_open=self._window_open(phone),
            shown=shown,
            approval=self.shelf.approval(request.content_sid),
            trick=self.mischief.take("undelivered", "failed", "not_on_whatsapp", "blocked"),
            media_trouble=media_trouble,
        )
        if situation.trick and situation.trick.sync:
            raise Refusal(63003 if situation.trick.kind == "not_on_whatsapp" else 63033)
        closed = outbound.whatsapp_trouble(request, situation) == 63016
        if self.sync_window_errors and request.channel == "whatsapp" and closed:
            raise Refusal(63016)
        return situation

    def _content_of(self, request: outbound.SendRequest) -> Content | None:
        if request.content_sid is None:
            return None
        content = self.shelf.contents.get(request.content_sid)
        if content is None:
            raise Refusal(self.content_gone)
        return content

    def show_typing(self, message: Message, *, seconds: int) -> None:
        """The typing indicator for the sender of an incoming message."""
        if message.phone is not None:
            self.typing[message.phone.number] = self.clock() + timedelta(seconds=seconds)
            self.ledger.changes += 1

    # --- time passes, tricks are played --------------------------------------------------------

    def deliver_due(self) -> int:
        """Moves messages on as far as the clock says and posts receipts. Returns the moves."""
        return self._deliver(self.clock())

    def settle(self) -> int:
        """Moves every message to its end at once, whatever the clock says."""
        return self._deliver(self.clock() + END_OF_TIME)

    def _deliver(self, now: datetime) -> int:
        moved = self._receipts.advance(self.ledger.moving(), now=now)
        self.ledger.changes += moved
        return moved

    def release_callbacks(self) -> int:
        """Posts the receipts that were kept back. Returns how many."""
        return self._receipts.release()

    def misbehave(
        self,
        kind: str,
        *,
        times: int = 1,
        on: str = "send",
        code: int | None = None,
        seconds: float | None = None,
        retry_after: int | str | None = None,
        copies: int = 2,
        reason: str = "",
        sync: bool = False,
    ) -> None:
        """Plays a trick of codes.MISBEHAVIOURS the next `times` times (see mischief.Trick)."""
        trick = Trick(
            kind=kind,
            times=times,
            on=on,
            code=code,
            seconds=seconds,
            retry_after=retry_after,
            copies=copies,
            reason=reason,
            sync=sync,
        )
        self.mischief.add(trick)

    def behave(self) -> None:
        """Forgets every trick that is still planned."""
        self.mischief.clear()

    # --- webhooks ------------------------------------------------------------------------------

    def _post_receipt(self, url: str, form: Mapping[str, str]) -> None:
        self._post(url, form, kind="status")

    def _post(self, url: str, form: Mapping[str, str], *, kind: str) -> tuple[Hook, hooks.Outcome]:
        outcome = self.post(url, form, token=self.auth_token)
        hook = Hook(
            kind=kind,
            url=url,
            form=dict(form),
            status=outcome.status,
            attempts=outcome.attempts,
            at=self.clock(),
        )
        self.hooks.append(hook)
        return hook, outcome

"""The Content API's shelf: contents, and WhatsApp's verdict on those submitted as templates."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.simulator import contents, review
from bot.simulator.mischief import Mischief
from bot.simulator.records import Approval, Content, Refusal


class Shelf:
    """Thread-safe. With `auto_approve` a sound template is approved after `review_time`."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        mischief: Mischief,
        auto_approve: bool,
        review_time: timedelta,
    ) -> None:
        self.auto_approve, self.review_time = auto_approve, review_time
        self.contents: dict[str, Content] = {}  # oldest first
        self._approvals: dict[str, tuple[Approval, datetime]] = {}  # the verdict, and from when
        self._clock, self._mischief, self._lock = clock, mischief, threading.RLock()

    def create(self, payload: object) -> Content:
        name, language, samples, types = contents.read_content(payload)
        content = Content(
            sid="HX" + uuid.uuid4().hex,
            friendly_name=name,
            language=language,
            variables=samples,
            types=types,
            created_at=self._clock(),
        )
        with self._lock:
            self.contents[content.sid] = content
        return content

    def put(self, content: Content, approval: Approval) -> None:
        """One that was stored and decided upon before."""
        with self._lock:
            self.contents[content.sid] = content
            self._approvals[content.sid] = (approval, self._clock())

    def content(self, sid: str) -> Content:
        if sid not in self.contents:
            raise Refusal(20404)
        return self.contents[sid]

    def delete(self, sid: str) -> None:
        with self._lock:
            self.content(sid)
            del self.contents[sid]
            self._approvals.pop(sid, None)

    def submit(self, sid: str, payload: object) -> Approval:
        """Answers `received`; the verdict shows in `approval`."""
        with self._lock:
            content = self.content(sid)
            name, category = review.read_submission(payload, content)
            reason = review.rejection(content) or self._name_taken(content, name)
            trick = self._mischief.take("reject_template", "pending_template")
            verdict = "approved" if self.auto_approve else "pending"
            if trick is not None and trick.kind == "pending_template":
                verdict = "pending"
            elif trick is not None:
                reason = trick.reason or "INVALID_FORMAT: rejected on command"
            approval = Approval(
                status="rejected" if reason else verdict,
                name=name,
                category=category,
                content_type=contents.richest(content.types),
                reason=reason,
            )
            self._approvals[sid] = (approval, self._clock() + self.review_time)
        return replace(approval, status="received", reason="")

    def _name_taken(self, content: Content, name: str) -> str:
        for sid, (approval, _) in self._approvals.items():
            same = approval.name == name and self.contents[sid].language == content.language
            if same and (sid != content.sid or approval.status == "rejected"):
                return "INVALID_FORMAT: this name is in use in this language"
        return ""

    def approval(self, sid: str | None) -> Approval:
        with self._lock:
            if sid is None or sid not in self._approvals:
                return Approval()
            approval, decided_at = self._approvals[sid]
        if self._clock() < decided_at:
            return replace(approval, status="pending", reason="")
        return approval

    def decide(self, sid: str, status: str, *, reason: str = "", category: str = "") -> None:
        """WhatsApp changes its mind: approved, rejected, paused, disabled, pending; or about what
        kind of message it is."""
        with self._lock:
            before = self._approvals[sid][0]
            approval = replace(
                before, status=status, reason=reason, category=category or before.category
            )
            self._approvals[sid] = (approval, self._clock())

"""The timed process: APScheduler in memory, a handful of fixed jobs; the sender and the calls of
staff beside them.

Every job claims its rows by conditional update, so two clocks by mistake are harmless.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.actions.ask_after import ask_after
from bot.actions.back_up_nightly import back_up_nightly
from bot.actions.call_out import Lines, Mail, call_out
from bot.actions.catch_up import catch_up
from bot.actions.close import close_due
from bot.actions.compose import Voice
from bot.actions.due_today import AT_NIGHT, due_today
from bot.actions.erase_copies import erase_copies
from bot.actions.fetch_media import fetch_media
from bot.actions.house import House
from bot.actions.keep_only_agreed import keep_only_agreed
from bot.actions.lose_number import lose_numbers
from bot.actions.mark import mark
from bot.actions.note_audit import note_audit
from bot.actions.note_clock import note_clock
from bot.actions.pace import Pace
from bot.actions.receive import receive
from bot.actions.reconcile import reconcile
from bot.actions.remind import remind_due
from bot.actions.retain import retain_nightly
from bot.actions.send import send_due
from bot.actions.settle_sessions import settle_due
from bot.actions.start import start_due
from bot.actions.take_up import take_up
from bot.actions.tally import tally
from bot.actions.templates import sync_templates
from bot.actions.tend_helplines import tend_helplines
from bot.actions.watch_rota import watch_rota
from bot.actions.watch_signs import watch_signs
from bot.channels.base import Channel, Inbound
from bot.channels.twilio import TwilioChannel, senders_of
from bot.channels.twilio_inbound import read_message
from bot.kept_for import cutoffs
from bot.parts import Parts, build_parts
from bot.settings import Settings
from bot.spoken_links import Links
from bot.store.migrations import upgrade

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)
POLL_SECONDS = 0.5  # how soon a sender in another process sees what was queued
TICK_SECONDS, RECONCILE_SECONDS = 20, 15
TEMPLATE_SECONDS, CATCH_UP_SECONDS, NIGHTLY_SECONDS = 300, 300, 900
COPIES_SECONDS, NOTE_SECONDS, SIGNS_SECONDS = 60, 3600, 3600
MEDIA_SECONDS = 5  # she waits for somebody to listen
INBOX_SECONDS = 5  # or to be answered
TENDED = "tended"  # the mark of the nightly look at helplines, consents and numbers
ROUNDS = 50  # of one tick: a sender that always finds more must still come to an end


class Clock:
    """The jobs and the sender of one process. `paced`: no more leaves in a second than is set."""

    def __init__(self, parts: Parts, channel: Channel | None = None, *, paced: bool = True) -> None:
        self.parts = parts
        self.pace = Pace(per_second=parts.settings.most_per_second) if paced else None
        self.channel = channel or TwilioChannel(parts.settings)
        self.lines = Lines(
            channel=self.channel, mail=_mail(parts.settings), url=parts.settings.public_url
        )
        self.links = Links(
            public_url=parts.settings.public_url, secret_key=parts.settings.secret_key
        )
        self.owner = f"{os.getpid()}-{id(self):x}"
        self._stopping, self._ring = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Start the jobs and the sender in threads of their own."""
        from apscheduler.schedulers.background import BackgroundScheduler

        scheduler = BackgroundScheduler(timezone="UTC")
        for job, seconds in (
            (self.tick, TICK_SECONDS),
            (self.reconcile, RECONCILE_SECONDS),
            (self.media, MEDIA_SECONDS),
            (self.take_up, INBOX_SECONDS),
            (self.templates, TEMPLATE_SECONDS),
            (self.catch_up, CATCH_UP_SECONDS),
            (self.copies, COPIES_SECONDS),
            (self.nightly, NIGHTLY_SECONDS),
            (self.note_audit, NOTE_SECONDS),
            (self.signs, SIGNS_SECONDS),
        ):
            scheduler.add_job(
                partial(guarded, job),
                "interval",
                seconds=seconds,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )
        scheduler.start()
        self._scheduler = scheduler
        for work in (self._at_start, self._send_for_ever, self._call_for_ever):
            thread = threading.Thread(target=work, name=work.__name__, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Finish what is in hand and stop."""
        self._stopping.set()
        self.parts.wake.set()
        self._ring.set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
        for thread in self._threads:
            thread.join(timeout=15)  # longer than one call to the channel may take

    def tick(self) -> dict[str, int]:
        """Look who is on call; start what is due, remind of it once, close what nobody answered,
        settle sessions."""
        house, now = self.parts.house, self.parts.now()
        watch_rota(house, now=now)
        counts = start_due(house, now=now)
        counts["reminded"] = remind_due(house, now=now)
        counts["closed"] = close_due(house, now=now)
        counts["settled"] = settle_due(house, now=now)
        mark(house.database, name="tick", now=now)
        note_clock(house.database, owner=self.owner, now=now)
        self.parts.wake.set()
        return counts

    def reconcile(self) -> None:
        """Find out what became of sends nobody heard back from."""
        reconcile(self.parts.database, self.channel, now=self.parts.now())
        ask_after(self.parts.database, self.channel, now=self.parts.now())
        self.parts.wake.set()

    def media(self) -> None:
        """Fetch the voice notes and pictures that have come in."""
        fetch_media(
            self.parts.database,
            self.channel.media,
            folder=self.parts.settings.media_folder,
            now=self.parts.now(),
            stopping=self._stopping.is_set,
        )

    def templates(self) -> None:
        """Create, submit and look after the wordings that WhatsApp must approve."""
        house = self.parts.house
        sync_templates(
            house.database,
            self.channel,
            library=house.library,
            catalogues=house.catalogues,
            now=self.parts.now(),
            stopping=self._stopping.is_set,
        )
        self.parts.wake.set()

    def take_up(self) -> int:
        """Take in what was set down while the database was away."""
        house, settings, now = self.parts.house, self.parts.settings, self.parts.now()
        taken = take_up(
            settings.inbox_folder, _reader(settings), _receiver(house, now), key=house.database.key
        )
        if taken:
            self.parts.wake.set()
        return taken

    def catch_up(self) -> None:
        """Pull what came in while nobody listened."""
        house, now = self.parts.house, self.parts.now()
        catch_up(house.database, self.channel, _receiver(house, now), now=now)
        self.parts.wake.set()

    def signs(self) -> int:
        """Tell staff of signs that no word says."""
        return watch_signs(self.parts.house, now=self.parts.now())

    def copies(self) -> int:
        """Have Twilio erase what it no longer needs to hold."""
        hours = self.parts.settings.keep_twilio_hours
        older_than = None if hours is None else timedelta(hours=hours)
        return erase_copies(
            self.parts.database, self.channel, older_than=older_than, now=self.parts.now()
        )

    def nightly(self) -> None:
        """What is done once a night; the back-up comes last, whatever failed before it."""
        for job in (self._tend, self._tally, self._retain, self._back_up):
            guarded(job)

    def _tally(self) -> None:
        tally(self.parts.house, now=self.parts.now())

    def _tend(self) -> None:
        house, now = self.parts.house, self.parts.now()
        if not due_today(house, name=TENDED, from_hour=AT_NIGHT, now=now):
            return
        tend_helplines(house.database, now=now, zone=house.zone)
        keep_only_agreed(house.database, house.library, now=now)
        lose_numbers(house.database, now=now)
        mark(house.database, name=TENDED, now=now)

    def _retain(self) -> None:
        settings, now = self.parts.settings, self.parts.now()
        retain_nightly(
            self.parts.house,
            cutoffs(settings, now=now),
            key=settings.secret_key,
            media=settings.media_folder,
            now=now,
        )

    def _back_up(self) -> None:
        settings = self.parts.settings
        back_up_nightly(
            self.parts.house,
            folder=settings.backup_dir,
            media=settings.media_folder,
            keep_days=settings.keep_backups_days,
            now=self.parts.now(),
        )

    def note_audit(self) -> None:
        """How far the audit log has come, also where the database does not reach: in the log."""
        digest = note_audit(self.parts.house.database, now=self.parts.now())
        if digest:
            log.info("the audit log ends with %s", digest)

    def send(self) -> int:
        """Send what waits, once round."""
        house = self.parts.house
        return send_due(
            house.database,
            self.channel,
            catalogues=house.catalogues,
            charity=house.charity,
            zone=house.zone,
            now=self.parts.now(),
            owner=self.owner,
            voice=Voice(library=house.library, links=self.links),
            most_messages=self.parts.settings.most_messages,
            budget=self.parts.budget,
            daily_people=self.parts.settings.whatsapp_daily_people,
            pace=self.pace,
        )

    def call(self) -> int:
        """Call staff to what is urgent, once round."""
        return call_out(self.parts.house, self.lines, now=self.parts.now())

    def _at_start(self) -> None:
        first = (
            self.reconcile,
            self.take_up,
            self.catch_up,
            self.templates,
            self.tick,
            self._tend,
        )
        for job in first:
            if not self._stopping.is_set():
                guarded(job)

    def _send_for_ever(self) -> None:
        while not self._stopping.is_set():
            self.parts.wake.wait(timeout=POLL_SECONDS)
            self.parts.wake.clear()
            self._ring.set()
            guarded(self.send)

    def _call_for_ever(self) -> None:
        """Beside the sender: a call must not wait for a long outbox, nor a reply for a call."""
        while not self._stopping.is_set():
            self._ring.wait(timeout=POLL_SECONDS)
            self._ring.clear()
            guarded(self.call)


def _reader(settings: Settings) -> Callable[[Mapping[str, str]], Inbound]:
    return partial(
        read_message, account_sid=settings.twilio_account_sid, senders=senders_of(settings)
    )


def _receiver(house: House, now: datetime) -> Callable[[Inbound], object]:
    def take(inbound: Inbound) -> object:
        return receive(house, inbound, now=now)

    return take


def _mail(settings: Settings) -> Mail | None:
    if not settings.smtp_url:
        return None
    from bot.channels.mail import SmtpMail

    return SmtpMail(settings.smtp_url, sender=settings.mail_from)


def guarded(job: Callable[[], object]) -> None:
    """A job that fails is logged by its kind alone and tried again at its next time."""
    try:
        job()
    except Exception as error:  # the loop must outlive whatever one round meets
        log.error("job %s failed: %s", getattr(job, "__name__", "?"), type(error).__name__)


def tick_once(settings: Settings, now: datetime) -> dict[str, int]:
    """Everything that is due, once: templates, check-ins, closing, sending, reconciling."""
    upgrade(settings.database_url)
    clock = Clock(build_parts(settings, now=lambda: now))
    return run_due(clock)


def run_due(clock: Clock) -> dict[str, int]:
    """One round of every job, and sending until nothing more may go now."""
    guarded(clock.templates)
    guarded(clock.reconcile)
    guarded(clock.media)
    guarded(clock.take_up)
    return run_round(clock)


def run_round(clock: Clock) -> dict[str, int]:
    """Start what is due and send until nothing more may go now."""
    counts = clock.tick()
    counts["called"] = clock.call()
    counts["sent"] = 0
    for _ in range(ROUNDS):
        sent = clock.send()
        if not sent:
            break
        counts["sent"] += sent
    return {name: count for name, count in counts.items() if count}


def run(settings: Settings) -> None:
    """Keep time until told to stop."""
    from bot.logs import set_up_logs

    set_up_logs(settings.log_level)
    upgrade(settings.database_url)
    clock = Clock(build_parts(settings))
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    clock.start()
    log.info("clock started")
    stop.wait()
    clock.stop()
    log.info("clock stopped")

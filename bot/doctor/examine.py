"""The whole examination: gather the facts of one deployment, and let each check look at its own."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.actions.approve import approved_languages
from bot.actions.catch_up import CAUGHT_UP
from bot.actions.note_clock import CLOCKS, read_clocks
from bot.actions.on_call import rota_now
from bot.doctor import line, running, setup, stored, traffic
from bot.doctor import outside as ask
from bot.doctor.findings import Finding
from bot.errors import Unreadable
from bot.parts import Parts
from bot.programme.helplines import is_due
from bot.settings import Settings
from bot.store import checkup
from bot.store.database import Database
from bot.store.helplines import helplines
from bot.store.inbox import set_down_at, waiting
from bot.store.migrations import at_head
from bot.store.pages.templates import templates
from bot.store.senders import resting_senders


@dataclass(frozen=True, kw_only=True)
class _Base:
    """Whether the database can be asked at all."""

    there: bool = True
    answers: bool = True
    at_head: bool = False


def examine(parts: Parts, *, folder: Path, offline: bool) -> Iterator[Finding]:
    """Everything, as of now. `folder`: where .env would lie; `offline`: nobody else is asked."""
    settings, now = parts.settings, parts.now()
    yield from _settings(parts)
    yield from _files(settings, folder)
    base = _base(parts.database)
    yield stored.shape(there=base.there, answers=base.answers, at_head=base.at_head)
    if base.at_head:
        with parts.database.reading() as db:
            yield from _database(db, parts)
            yield from _running(db, parts, now=now)
            yield from _traffic(db, now=now)
    waits = waiting(settings.inbox_folder)
    yield traffic.set_down(len(waits), since=set_down_at(waits[0]) if waits else None, now=now)
    yield from _backups(parts, now=now)
    if not offline:
        yield from _twilio(settings)
        yield from _outside(settings)


def _settings(parts: Parts) -> Iterator[Finding]:
    settings = parts.settings
    yield setup.public_url(settings.public_url)
    yield setup.secret_key(settings.secret_key)
    yield setup.proxies(settings.public_url, settings.trusted_proxies)
    yield from setup.senders(settings)
    yield setup.ways_to_call(settings.ways_to_call)
    yield setup.contact(settings.contact_phone)
    yield setup.spending(settings, parts.prices)


def _files(settings: Settings, folder: Path) -> Iterator[Finding]:
    paths = {"Settings file": folder / ".env", "Media folder": settings.media_folder}
    if settings.backup_dir is not None:
        paths["Back-up folder"] = settings.backup_dir
    for about, path in paths.items():
        if found := setup.private(path, about=about):
            yield found


def _base(database: Database) -> _Base:
    """Without making anything: a file that is not there stays so."""
    if database.dialect == "sqlite" and not database.path.exists():
        return _Base(there=False)
    try:
        return _Base(at_head=at_head(database))
    except (SQLAlchemyError, OSError):
        return _Base(answers=False)


def _database(db: Session, parts: Parts) -> Iterator[Finding]:
    database = parts.database
    if database.dialect != "sqlite":
        return
    path = database.path
    yield stored.whole(checkup.damage(db))
    yield stored.encrypted(key=bool(database.key))
    log = path.with_name(f"{path.name}-wal")
    for file, about in ((path, "Database file"), (log, "Write-ahead log")):
        if found := setup.private(file, about=about):
            yield found
    yield stored.log_size(log.stat().st_size if log.exists() else 0)
    yield stored.disk(_free(path.parent))


def _free(folder: Path) -> int:
    import shutil

    return shutil.disk_usage(folder).free


def _running(db: Session, parts: Parts, *, now: datetime) -> Iterator[Finding]:
    marks = checkup.marks(db)
    at, _ = marks.get("tick", (None, ""))
    yield running.clock(at, now=now)
    if found := running.two_clocks(read_clocks(marks.get(CLOCKS, (now, ""))[1]), now=now):
        yield found
    yield from running.on_call(rota_now(db, parts.house, now=now), now=now)
    known = helplines(db)
    today = now.astimezone(parts.house.zone).date()
    yield running.helplines(sum(is_due(one, today=today) for one in known), known=len(known))
    spoken, languages = checkup.languages_in_use(db), parts.catalogues.all_languages
    drafts = [tag for tag, language in languages.items() if language.status == "draft"]
    yield running.drafts(spoken, drafted=drafts)
    approved = approved_languages(db, catalogues=parts.catalogues)
    yield running.approvals(sorted(set(spoken) - approved))
    yield running.prices(parts.prices, now=now)
    for one in resting_senders(db):
        if one.until > now:
            yield traffic.resting(one.address, state=one.state, until=one.until)
    if parts.settings.twilio_whatsapp_from:
        states: dict[str, Counter[str]] = defaultdict(Counter)
        for row in templates(db):
            states[row.language][row.state] += 1
        yield from traffic.templates({tag: dict(found) for tag, found in states.items()})


def _traffic(db: Session, *, now: datetime) -> Iterator[Finding]:
    found, marks = checkup.traffic(db, now=now), checkup.marks(db)
    yield traffic.came_in(ever=found.ever, lately=found.lately, last=found.last_inbound, now=now)
    at, number = marks.get(CAUGHT_UP, (None, "0"))
    yield traffic.caught_up(ever=found.ever, found=int(number), at=at, now=now)
    yield traffic.receipts(sent=found.sent, without=found.without_receipt)


def _backups(parts: Parts, *, now: datetime) -> Iterator[Finding]:
    from bot.store.backup import check, made_at

    database, folder = parts.database, parts.settings.backup_dir
    if database.dialect != "sqlite":
        yield stored.elsewhere()
        return
    archives = _archives(folder)
    newest = archives[-1] if archives else None
    yield from stored.backups(
        folder=folder is not None,
        newest=made_at(newest) if newest else None,
        same_disk=bool(newest and database.path.exists() and _same_disk(newest, database.path)),
        now=now,
    )
    if newest is not None:
        try:
            yield stored.opened(check(newest, key=database.key).messages)
        except (Unreadable, OSError):
            yield stored.opened(None)


def _archives(folder: Path | None) -> Sequence[Path]:
    """The oldest first, by their names."""
    from bot.store.backup import made_at

    if folder is None or not folder.is_dir():
        return ()
    return sorted(path for path in folder.iterdir() if made_at(path))


def _same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def _twilio(settings: Settings) -> Iterator[Finding]:
    client = ask.twilio_client(settings)
    answer = ask.ask_messages(client, settings)
    yield line.credentials(answer)
    if found := line.clocks(answer):
        yield found
    if settings.twilio_whatsapp_from and answer.status == 200:
        yield from line.sender(
            ask.ask_senders(client),
            whatsapp=settings.twilio_whatsapp_from,
            public_url=settings.public_url,
        )
    if settings.twilio_sms_from:
        yield line.sms_number(public_url=settings.public_url)


def _outside(settings: Settings) -> Iterator[Finding]:
    home = ask.ask_healthz(settings)
    yield line.healthz(home)
    if home.status == 200:
        yield line.forged(ask.post_webhooks(settings, rightly=False))
        yield line.signed(ask.post_webhooks(settings, rightly=True))
    yield running.mail(ask.greet_mail(settings))

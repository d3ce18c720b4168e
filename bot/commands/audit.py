"""Commands about the audit log: read it, and prove that nobody has changed it."""

import sys

import click


@click.group()
def audit() -> None:
    """Show who read and did what, and verify the log."""


@audit.command("verify")
@click.option(
    "--noted", multiple=True, help="A digest written down earlier; it must be in the log."
)
def verify(noted: tuple[str, ...]) -> None:
    """Go along the log's chain; exit 1 at the first entry that does not fit.

    Every entry carries a digest over itself and the digest before it. What was changed, put in
    between or taken out breaks the chain there. Whoever can write to the database could cut off its
    end, or reckon the whole chain anew: so the newest digest is noted every hour, in the database
    and in the log of the clock. Give one that the log shows with --noted to have it looked for.
    """
    from bot.commands.database import open_database
    from bot.store.audit import noted_end
    from bot.store.audit import verify as verify_chain

    with open_database() as database, database.reading() as db:
        found = verify_chain(db, noted=(*noted, noted_end(db)))
    if found.wrong is None:
        click.echo(f"ok: {found.entries} entries, the newest is {found.newest_id}: {found.newest}")
        return
    if found.missing:
        click.echo("The end is cut off, or all of it was written anew.", err=True)
        click.echo(f"It is not there any more: {found.missing}", err=True)
    else:
        click.echo(f"Entry {found.wrong} does not fit the one before it.", err=True)
    click.echo(f"The {found.entries} entries up to {found.newest_id} fit.", err=True)
    sys.exit(1)


@audit.command("show")
@click.option("--participant", type=int, help="Only what is about the participant of this id.")
@click.option("--staff", type=int, help="Only what the staff member of this id did.")
@click.option("--before", type=int, help="Only entries older than the one of this number.")
def show(participant: int | None, staff: int | None, before: int | None) -> None:
    """The newest entries: number, moment, staff member, action, subject, detail."""
    from bot.commands.database import open_database
    from bot.store.pages.audit import logged
    from bot.store.sight import Sight

    with open_database() as database, database.reading() as db:
        rows = logged(
            db,
            sight=Sight(),  # ids, no names
            everything=True,
            participant_id=participant,
            staff_id=staff,
            before=before,
        )
    for row in rows:
        parts = (str(row.id), row.at.isoformat(timespec="seconds"), row.by, row.action, row.subject)
        click.echo("\t".join((*parts, row.detail)).rstrip())

"""Freeze a cohort's figures: what was published stays as it was, whatever is answered later."""

from datetime import datetime

from sqlmodel import Session

from bot.actions.audit import audit
from bot.errors import Refused
from bot.programme.impact import digest, figures, impact
from bot.store.impact import cohort_before, read_impact_rows
from bot.store.reports import keep_report

LONGEST_TITLE = 120


def freeze_report(db: Session, *, cohort_id: int, title: str, staff_id: int, now: datetime) -> int:
    """The id of the new report, which holds the cohort's figures and those of the one before.

    `Refused`: no title, one that is too long, or no such cohort.
    """
    title = " ".join(title.split())
    if not title:
        raise Refused("Please give the report a title, such as the year.")
    if len(title) > LONGEST_TITLE:
        raise Refused(f"Please keep the title under {LONGEST_TITLE} characters.")
    frozen = figures_of(db, cohort_id=cohort_id)
    report_id = keep_report(
        db,
        cohort_id=cohort_id,
        title=title,
        figures=frozen,
        digest=digest(frozen),
        staff_id=staff_id,
        now=now,
    )
    audit(db, staff_id=staff_id, action="froze", subjects=(f"report:{report_id}",), now=now)
    return report_id


def figures_of(db: Session, *, cohort_id: int) -> dict[str, object]:
    """As JSON: `now` the cohort, `before` the one before it, or nothing."""
    rows = read_impact_rows(db, cohort_id=cohort_id)
    if rows is None:
        raise Refused("There is no such cohort.")
    earlier = cohort_before(db, cohort_id=cohort_id)
    before = None if earlier is None else read_impact_rows(db, cohort_id=earlier)
    return {
        "now": figures(impact(rows)),
        "before": None if before is None else figures(impact(before)),
    }

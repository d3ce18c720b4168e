"""What a participant gets of everything we hold: all that is hers, and nothing of anybody else."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from bot.actions.alert import raise_alert
from bot.errors import Refused
from bot.person_export import Exported, export_person, remove_exports
from tests.everything import SEWING
from tests.world import AMINA, GRACE, World

pytestmark = pytest.mark.timeout(120)


def export(world: World, folder: Path, *, reference: str, **more: Any) -> Exported:
    her = world.one("select id from participant where reference = :it", it=reference)
    return export_person(
        world.parts.house,
        participant_id=her,
        to=folder / "exports",
        media=folder / "media",
        now=world.time,
        **more,
    )


def test_everything_of_hers_is_in_it_in_her_language_and_nothing_of_her_mentor(
    full: World, tmp_path: Path
) -> None:
    made = export(full, tmp_path, reference="AMINA-77", with_concerns=True)
    data = json.loads((made.folder / "data.json").read_text(encoding="utf-8"))
    page = (made.folder / "index.html").read_text(encoding="utf-8")
    for text in (SEWING, "amina wrote this", "AMINA-77", AMINA, "Grace", "First aid", "Ruth"):
        assert text in page, text
    assert '<html lang="ar" dir="rtl">' in page and "ما نحتفظ به عنكِ" in page
    assert any(one["english"] for one in data["messages"])  # beside ours, never beside hers
    assert {one["reply"] for one in data["consents"]} >= {"amina wrote this"}
    assert [one["your_report"] for one in data["sessions"] if one["minutes"]] == ["yes"]
    assert all(data[name] for name in made.counts)
    files = [file for one in data["messages"] for file in one["files"]]
    assert [(made.folder / file).read_bytes() for file in files] == [b"OggS voice of her"]
    for secret in (GRACE, "grace wrote this", "her own kettle", "about a worry of hers", "Acorn"):
        assert secret not in page and secret not in json.dumps(data, ensure_ascii=False), secret


def test_a_mentors_copy_hides_her_mentee_and_numbers_that_are_not_her_own(
    full: World, tmp_path: Path
) -> None:
    full.says(GRACE, "Amina's sister is at 07700 900 444, mine is +44 7700 900201")
    made = export(full, tmp_path, reference="G1")
    page = (made.folder / "index.html").read_text(encoding="utf-8")
    data = (made.folder / "data.json").read_text(encoding="utf-8")
    for text in (page, data):
        assert "grace wrote this" in text and "+44 7700 900201" in text
        for secret in ("Amina", SEWING, "900 444", AMINA, "amina wrote this", "AMINA-77"):
            assert secret not in text, secret


def test_records_of_concerns_are_left_out_unless_they_are_asked_for(
    full: World, tmp_path: Path
) -> None:
    with full.parts.database.transaction() as db:
        from sqlalchemy import text

        db.execute(text("update message set safeguarding = true where text = 'amina wrote this'"))
    made = export(full, tmp_path, reference="AMINA-77")
    data = json.loads((made.folder / "data.json").read_text(encoding="utf-8"))
    assert made.left_out == data["records_left_out"] == 1
    assert "harm_red" not in {one["kind"] for one in data["alerts"]}
    assert "amina wrote this" not in {one["text"] for one in data["messages"]}
    whole = export(full, tmp_path / "more", reference="AMINA-77", with_concerns=True)
    data = json.loads((whole.folder / "data.json").read_text(encoding="utf-8"))
    assert "harm_red" in {one["kind"] for one in data["alerts"]} and whole.left_out == 0
    assert "amina wrote this" in {one["text"] for one in data["messages"]}


def test_whoever_sees_her_copy_learns_of_no_cry_no_answer_to_it_and_no_safe_word(
    full: World, tmp_path: Path
) -> None:
    with full.parts.database.transaction() as db:
        her = int(full.one("select id from participant where reference = 'AMINA-77'"))
        raise_alert(db, kind="harm_quiet", subject="q", participant_id=her, now=full.time)
        raise_alert(db, kind="doubted", subject="d", participant_id=her, now=full.time)
    full.says(AMINA, "I want to kill myself")
    answer = full.bodies(AMINA)[-1]
    assert "999" in answer
    for asked, with_concerns in ((False, False), (True, True)):
        folder = tmp_path / str(asked)
        (folder / "media").mkdir(parents=True)
        made = export(full, folder, reference="AMINA-77", with_concerns=with_concerns)
        for name in ("index.html", "data.json"):
            text = (made.folder / name).read_text(encoding="utf-8")
            for secret in ("999", "her teapot word", "sign of danger", "who reads her phone"):
                assert (secret in text) is asked, (name, secret)


def test_it_is_for_its_owners_eyes_recorded_and_never_written_over(
    full: World, tmp_path: Path
) -> None:
    made = export(full, tmp_path, reference="AMINA-77", staff_id=1)
    for path in (made.folder, *made.folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    recorded = full.rows("select staff_id, subject from audit_entry where action = 'exported'")
    assert [tuple(row) for row in recorded] == [(1, "participant:2")]
    with pytest.raises(Refused, match="is there already"):
        export(full, tmp_path, reference="AMINA-77")
    assert remove_exports(2, folder=tmp_path / "exports") == 1
    assert not made.folder.exists()


def test_what_somebody_wrote_never_becomes_part_of_the_page(full: World, tmp_path: Path) -> None:
    full.says(AMINA, "<script>alert(1)</script>")
    made = export(full, tmp_path, reference="AMINA-77")
    page = (made.folder / "index.html").read_text(encoding="utf-8")
    assert "<script" not in page and "&lt;script&gt;" in page

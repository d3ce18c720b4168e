"""The people of the journeys as lines of people.csv, and how each of them agrees at first."""

from tests.world import AMINA, FARAH, GRACE, LUWAM, SELAM, World

COHORT = {"cohort": "Autumn", "cohort_start": "2026-11-16"}
ROW_GRACE = {
    "id": "G1",
    "role": "mentor",
    "name": "Grace",
    "language": "en",
    "whatsapp": GRACE,
    "organisation": "Acorn Ltd",
    **COHORT,
}
ROW_AMINA = {
    "id": "A1",
    "role": "mentee",
    "name": "Amina",
    "language": "ar",
    "whatsapp": AMINA,
    "mentor_id": "G1",
    **COHORT,
}
ROW_SELAM = {
    "id": "S1",
    "role": "mentee",
    "name": "Selam",
    "language": "ti",
    "sms": SELAM,
    "mentor_id": "G1",
    **COHORT,
}
ROW_LUWAM = {
    "id": "L1",
    "role": "mentee",
    "name": "Luwam",
    "language": "ti",
    "whatsapp": LUWAM,
    **COHORT,
}
ROW_FARAH = {
    "id": "F1",
    "role": "mentee",
    "name": "Farah",
    "language": "fa",
    "whatsapp": FARAH,
    **COHORT,
}


def agree(world: World, number: str, *, language: str, mentor: bool = False) -> None:
    """She says yes to everything at the first contact."""
    world.taps(number, "yes")
    world.taps(number, language)
    world.taps(number, "yes")
    if mentor:
        for _ in ("of herself", "as a listener"):
            world.taps(number, "fairly")  # how sure she feels, starting out
        return
    world.taps(number, "no")  # nobody else looks at this phone
    world.taps(number, "yes")  # sensitive answers may be kept
    world.taps(number, "yes")  # her mentor may see her goal
    for _ in ("part of the day", "weekday", "read or listen"):
        world.says(number, "0")
    world.taps(number, "ok")  # the safe word

"""Every setting is read, checked, and refused with one sentence when it is nonsense."""

from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import pytest

from bot.channels.twilio import TwilioChannel
from bot.errors import SettingsError
from bot.parts import build_parts
from bot.settings import (
    DEFAULT_DATABASE_URL,
    Settings,
    load_database_url,
    load_settings,
    load_timezone,
)

SID = "AC" + "0123456789abcdef" * 2
GOOD = {
    "PUBLIC_URL": "https://bot.example.org",
    "SECRET_KEY": "a long enough secret",
    "TWILIO_ACCOUNT_SID": SID,
    "TWILIO_AUTH_TOKEN": "first-token",
    "TWILIO_WHATSAPP_FROM": "whatsapp:+441134960000",
}


def with_settings(**changes: str) -> Settings:
    return load_settings({**GOOD, **changes})


def problems(**changes: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        with_settings(**changes)
    return caught.value.problems


def test_the_required_settings_are_enough_and_the_rest_has_defaults() -> None:
    settings = with_settings()
    assert settings.public_url == "https://bot.example.org"
    assert settings.twilio_auth_tokens == ("first-token",)
    assert settings.database_url == DEFAULT_DATABASE_URL
    assert DEFAULT_DATABASE_URL.startswith("sqlite:////")
    assert (settings.port, settings.clock, settings.log_level) == (8000, "inside", "INFO")
    assert settings.timezone.key == "Europe/London"
    assert settings.twilio_sms_from is None
    assert settings.twilio_api_base is None
    assert settings.metrics_token is None
    assert (settings.charity_name, settings.contact_name) == ("Routes", "")


def test_every_setting_can_be_changed() -> None:
    settings = with_settings(
        PORT="9001", CLOCK="off", METRICS_TOKEN="m", TZ_NAME="Africa/Asmara", LOG_LEVEL="debug",
        CHARITY_NAME="Harbour", CONTACT_NAME="Ruth", CONTACT_PHONE="0113 496 0000",
        DATABASE_URL="sqlite:///x.sqlite3", TWILIO_SMS_FROM="ROUTES",
    )  # fmt: skip
    assert (settings.port, settings.clock, settings.metrics_token) == (9001, "off", "m")
    assert (settings.tz_name, settings.log_level) == ("Africa/Asmara", "DEBUG")
    assert (settings.charity_name, settings.contact_name) == ("Harbour", "Ruth")
    assert settings.contact_phone == "0113 496 0000"
    assert settings.database_url == "sqlite:///x.sqlite3"
    assert settings.twilio_sms_from == "ROUTES"


def test_all_problems_are_told_at_once_and_each_names_its_setting() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"PORT": "http", "CLOCK": "maybe"})
    found = caught.value.problems
    assert len(found) == 7
    for name in ("PUBLIC_URL", "SECRET_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN",
                 "TWILIO_WHATSAPP_FROM and TWILIO_SMS_FROM", "PORT", "CLOCK"):  # fmt: skip
        assert sum(sentence.startswith(name) for sentence in found) == 1
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in found)


def test_an_empty_setting_is_a_missing_one() -> None:
    assert with_settings(PORT="", METRICS_TOKEN=" ", TWILIO_API_BASE="").metrics_token is None
    assert problems(SECRET_KEY="  ")[0].startswith("SECRET_KEY is missing")


def test_a_setting_may_stand_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("a secret kept in a file\n")
    environ = {name: value for name, value in GOOD.items() if name != "SECRET_KEY"}
    settings = load_settings({**environ, "SECRET_KEY_FILE": str(path)})
    assert settings.secret_key == "a secret kept in a file"


def test_every_setting_may_stand_in_a_file(tmp_path: Path) -> None:
    wanted = {**GOOD, "DATABASE_URL": "sqlite:///y", "PORT": "8001", "CLOCK": "off",
              "TWILIO_SMS_FROM": "+441134960001", "TWILIO_API_BASE": "http://127.0.0.1:9",
              "METRICS_TOKEN": "token", "TZ_NAME": "Europe/Paris", "CHARITY_NAME": "Harbour",
              "CONTACT_NAME": "Ruth", "CONTACT_PHONE": "1", "LOG_LEVEL": "ERROR"}  # fmt: skip
    files = {}
    for name, value in wanted.items():
        (tmp_path / name).write_text(value)
        files[f"{name}_FILE"] = str(tmp_path / name)
    assert asdict(load_settings(files)) == asdict(load_settings(wanted))


def test_a_setting_given_twice_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "port"
    path.write_text("8001")
    assert problems(PORT="8000", PORT_FILE=str(path)) == (
        "PORT and PORT_FILE are both set; keep one of them.",
    )


def test_a_file_that_cannot_be_read_is_one_problem_not_two() -> None:
    environ = {name: value for name, value in GOOD.items() if name != "SECRET_KEY"}
    with pytest.raises(SettingsError) as caught:
        load_settings({**environ, "SECRET_KEY_FILE": "/nowhere/at/all"})
    assert caught.value.problems == (
        "SECRET_KEY_FILE names a file that cannot be read: /nowhere/at/all",
    )


@pytest.mark.parametrize(
    "value",
    ["http://bot.example.org", "bot.example.org", "ftp://bot.example.org", "https://",
     "https://bot.example.org?x=1", "https://bot.example.org#top", "https://me:pw@bot.example.org",
     "https://a b", "https://bot.example.org:99999", "http://127.0.0.1.example.org", "https://[::1"],
)  # fmt: skip
def test_a_public_address_that_cannot_work_is_refused(value: str) -> None:
    assert [sentence.split()[0] for sentence in problems(PUBLIC_URL=value)] == ["PUBLIC_URL"]


@pytest.mark.parametrize(
    ("value", "kept"),
    [("https://bot.example.org/", "https://bot.example.org"),
     ("https://example.org/bot/", "https://example.org/bot"),
     ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
     ("http://localhost:8000", "http://localhost:8000"),
     ("http://[::1]:8000", "http://[::1]:8000")],
)  # fmt: skip
def test_a_public_address_is_kept_without_its_last_slash(value: str, kept: str) -> None:
    assert with_settings(PUBLIC_URL=value).public_url == kept


@pytest.mark.parametrize("value", ["AC123", "SM" + "0" * 32, SID + "0", SID[:-1] + "g"])
def test_what_is_no_account_sid_is_refused_with_advice(value: str) -> None:
    (sentence,) = problems(TWILIO_ACCOUNT_SID=value)
    assert "Twilio's console" in sentence
    assert value not in sentence


def test_an_account_sid_may_be_in_capitals() -> None:
    assert with_settings(TWILIO_ACCOUNT_SID=SID.upper()).twilio_account_sid == SID.upper()


def test_two_tokens_may_be_given_while_one_replaces_the_other() -> None:
    assert with_settings(TWILIO_AUTH_TOKEN="new , old").twilio_auth_tokens == ("new", "old")
    for broken in ("new,", ",old", "new,,old", "two words"):
        assert problems(TWILIO_AUTH_TOKEN=broken)[0].startswith("TWILIO_AUTH_TOKEN has")


@pytest.mark.parametrize(
    ("value", "kept"),
    [("whatsapp:+441134960000", "whatsapp:+441134960000"),
     ("+44 113 496 0000", "whatsapp:+441134960000")],
)  # fmt: skip
def test_a_plain_number_will_do_for_whatsapp(value: str, kept: str) -> None:
    assert with_settings(TWILIO_WHATSAPP_FROM=value).twilio_whatsapp_from == kept


@pytest.mark.parametrize("value", ["01134960000", "whatsapp:", "whatsapp:Routes", "+44", "sms:+44"])
def test_what_is_no_whatsapp_number_is_refused(value: str) -> None:
    assert len(problems(TWILIO_WHATSAPP_FROM=value)) == 1


@pytest.mark.parametrize(
    ("value", "kept"),
    [("+44 (113) 496-0000", "+441134960000"), ("60777", "60777"), ("Routes UK", "Routes UK")],
)
def test_sms_may_come_from_a_number_a_short_code_or_a_name(value: str, kept: str) -> None:
    assert with_settings(TWILIO_SMS_FROM=value).twilio_sms_from == kept


@pytest.mark.parametrize(
    "value", ["0113 496 0000", "whatsapp:+441134960000", "twelve chars", "مرحبا"]
)
def test_what_cannot_send_sms_is_refused(value: str) -> None:
    assert len(problems(TWILIO_SMS_FROM=value)) == 1


def test_a_name_that_nobody_can_answer_calls_staff_and_writes_to_no_participant() -> None:
    settings = with_settings(TWILIO_SMS_FROM="ROUTES")
    assert settings.sms_is_one_way and settings.ways_to_call == {"sms"}
    assert TwilioChannel(settings).kinds == {"whatsapp"}
    assert "not even with STOP" in problems(TWILIO_WHATSAPP_FROM="", TWILIO_SMS_FROM="ROUTES")[0]
    two_way = with_settings(TWILIO_SMS_FROM="60777")
    assert TwilioChannel(two_way).kinds == {"whatsapp", "sms"} and not two_way.sms_is_one_way


def test_one_sender_is_enough_and_either_kind_will_do() -> None:
    assert (
        with_settings(TWILIO_WHATSAPP_FROM="", TWILIO_SMS_FROM="60777").twilio_sms_from == "60777"
    )
    assert "at least one sender" in problems(TWILIO_WHATSAPP_FROM="")[0]


def test_a_short_secret_is_refused_without_being_shown() -> None:
    (sentence,) = problems(SECRET_KEY="fifteen letters")
    assert "shorter than 16" in sentence
    assert "fifteen" not in sentence
    assert with_settings(SECRET_KEY="sixteen letters!")


@pytest.mark.parametrize("value", ["-1", "10", "one", "1.0", "١"])
def test_a_number_of_proxies_that_is_none_is_refused(value: str) -> None:
    assert problems(TRUSTED_PROXIES=value) == (
        "TRUSTED_PROXIES must be a whole number from 0 to 9.",
    )
    assert with_settings(TRUSTED_PROXIES="2").trusted_proxies == 2


def test_a_provider_is_set_as_a_whole_and_its_secrets_are_not_shown() -> None:
    own = {"OIDC_CLIENT_ID": "the-id", "OIDC_CLIENT_SECRET": "the-secret"}
    found = with_settings(OIDC_ISSUER="https://login.example.org/", **own)
    assert (found.oidc_issuer, found.oidc_second_step) == ("https://login.example.org", "ours")
    assert "the-" not in repr(found)
    theirs = {"OIDC_ISSUER": "https://login.example.org", "OIDC_SECOND_STEP": "theirs", **own}
    assert with_settings(**theirs).oidc_second_step == "theirs"
    assert problems(**own)[0].startswith("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET go")
    assert problems(OIDC_ISSUER="http://login.example.org", **own)[0].startswith("OIDC_ISSUER must")
    assert problems(OIDC_SECOND_STEP="yes")[0].startswith("OIDC_SECOND_STEP must be")


@pytest.mark.parametrize("value", ["0", "65536", "-1", "80.5", "٨٠٠٠"])
def test_a_port_out_of_range_is_refused(value: str) -> None:
    assert problems(PORT=value) == ("PORT must be a whole number from 1 to 65535.",)


@pytest.mark.parametrize("value", ["Europe/Londn", "../etc/passwd", "/etc/localtime", "Europe"])
def test_an_unknown_time_zone_is_refused(value: str) -> None:
    assert problems(TZ_NAME=value) == ("TZ_NAME must be a time zone such as Europe/London.",)
    with pytest.raises(SettingsError):
        load_timezone({"TZ_NAME": value})


def test_a_command_may_ask_for_the_time_zone_alone() -> None:
    assert load_timezone({}).key == "Europe/London"
    assert load_timezone({"TZ_NAME": "Africa/Asmara"}).key == "Africa/Asmara"


@pytest.mark.parametrize(
    "value", ["postgres://me:pw@db/x", "postgresql://me:pw@db/x", "postgresql+psycopg://me:pw@db/x"]
)
def test_every_way_of_writing_postgresql_means_the_one_driver(value: str) -> None:
    expected = "postgresql+psycopg://me:pw@db/x"
    assert with_settings(DATABASE_URL=value).database_url == expected
    assert load_database_url({"DATABASE_URL": value}) == expected


@pytest.mark.parametrize("value", ["mysql://db/x", "x.sqlite3", "sqlite://", "sqlite:///:memory:"])
def test_a_database_that_cannot_be_used_is_refused(value: str) -> None:
    assert len(problems(DATABASE_URL=value)) == 1
    with pytest.raises(SettingsError):
        load_database_url({"DATABASE_URL": value})


@pytest.mark.parametrize(
    ("base", "loopback"),
    [("http://127.0.0.1:9999/", True), ("http://localhost:1", True), ("https://[::1]:1", True),
     ("https://twilio.example.org", False), ("", False)],
)  # fmt: skip
def test_only_a_twilio_on_this_machine_is_loopback(base: str, loopback: bool) -> None:
    settings = with_settings(TWILIO_API_BASE=base)
    assert settings.loopback is loopback
    assert settings.twilio_api_base == (base.rstrip("/") or None)


def test_credentials_never_travel_in_the_open() -> None:
    assert problems(TWILIO_API_BASE="http://twilio.example.org")[0].startswith("TWILIO_API_BASE")


def test_no_secret_is_in_what_is_printed_of_the_settings() -> None:
    shown = repr(with_settings(METRICS_TOKEN="hush", DATABASE_URL="postgresql://me:hidden@db/x"))
    for secret in (GOOD["SECRET_KEY"], "first-token", SID, "hush", "hidden"):
        assert secret not in shown


def test_the_settings_example_names_every_setting() -> None:
    example = (Path(__file__).parent.parent / ".env.example").read_text(encoding="utf-8")
    renamed = {"twilio_auth_tokens": "TWILIO_AUTH_TOKEN"}
    for name in asdict(with_settings()):
        assert f"{renamed.get(name, name.upper())}=" in example


@pytest.mark.parametrize("value", ["ten", "0", "-1", "1e3", "1,50", "0.00001"])
def test_a_limit_of_money_is_an_amount(value: str) -> None:
    assert problems(MOST_SPENT_A_DAY=value)[0].startswith("MOST_SPENT_A_DAY")
    assert with_settings(MOST_SPENT_A_DAY="7.50").most_spent_a_day == Decimal("7.50")


def test_a_file_of_prices_must_be_there_and_sound(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    assert problems(PRICES_FILE=str(path))[0].startswith("PRICES_FILE names a file that is not")
    path.write_text('currency = "USD"')
    with pytest.raises(SettingsError) as caught:
        build_parts(with_settings(PRICES_FILE=str(path)))
    assert "without a country" in caught.value.problems[0]

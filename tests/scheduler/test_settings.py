"""Settings: typed, checked, and every mistake named with its place."""

import tomllib
from pathlib import Path

import pytest

from scheduler.settings import SettingsError, example, keys, load, variable


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str) -> Path:
    path = Path("icewire.toml")
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_the_defaults_hold() -> None:
    settings = load()
    assert settings.crawl.delay_seconds == 2
    assert settings.database_url == "sqlite:///var/icewire.db"


def test_the_environment_overrides_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write('[crawl]\ndelay_seconds = 5\npoll_minutes = 10\n[watch]\nstates = ["ma"]')
    monkeypatch.setenv("ICEWIRE_CRAWL__DELAY_SECONDS", "0.5")
    monkeypatch.setenv("ICEWIRE_WATCH__STATES", "ma, nh")
    settings = load()
    assert (settings.crawl.delay_seconds, settings.crawl.poll_minutes) == (0.5, 10)
    assert settings.watch.states == ("MA", "NH")


def test_a_list_in_the_environment_may_be_written_as_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICEWIRE_WATCH__STATES", '["MA", "nh"]')
    monkeypatch.setenv("ICEWIRE_WEB__PROXIES", '["10.0.0.1", "::1"]')
    settings = load()
    assert (settings.watch.states, settings.web.proxies) == (("MA", "NH"), ("10.0.0.1", "::1"))


def test_states_may_be_written_small() -> None:
    write('[watch]\nstates = ["ma", "NH"]')
    assert load().watch.states == ("MA", "NH")


def test_folders_are_beside_the_file_they_are_named_in(tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "mine.toml").write_text('data = "here"')
    assert load(other / "mine.toml").data == other / "here"


def test_a_tilde_is_the_home_folder_and_no_folder_of_that_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    write('data = "~/kept"\n[watch]\ntopic = "~/evictions"')
    assert (load().data, load().watch.topic) == (tmp_path / "me/kept", tmp_path / "me/evictions")
    write('data = "~nobody-has-this-name/kept"')
    with pytest.raises(SettingsError, match="which folder its ~ means"):
        load()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[crawl]\ndely_seconds = 1", r"icewire.toml, crawl.dely_seconds: .* did you mean crawl.delay_seconds\?"),
        ("[crwal]\nx = 1", r"icewire.toml, crwal: there is no such setting; did you mean crawl\?"),
        ("[crawl]\npoll_minutes = 0", r"icewire.toml, crawl.poll_minutes: input should be greater than 0; got 0"),
        ("[crawl]\nmax_age_days = 1e9", r"crawl.max_age_days: input should be less than or equal to 3650"),
        ("[crawl]\ndelay_seconds = nan", r"crawl.delay_seconds: .*finite"),
        ("[crawl]\npoll_minutes = inf", r"crawl.poll_minutes: .*"),
        ('[watch]\nstates = ["XX"]', r"icewire.toml, watch.states: 'XX' is not the postal code of a state"),
        ('[digest]\ntimezone = "Boston"', r"icewire.toml, digest.timezone: 'Boston' is not a time zone"),
        ("[retention]\nmail_days = 999999", r"retention.mail_days: input should be less than or equal to 36500"),
        ("[retention]\nentry_days = inf", r"retention.entry_days: input should be less than or equal to 36500"),
        ('[digest]\nat = "25:00"', r"icewire.toml, digest.at: .* got '25:00'"),
        ('[digest]\nat = "07:0\N{ARABIC-INDIC DIGIT ZERO}"', r"icewire.toml, digest.at: "),
        ("[crawl\n", r"icewire.toml: not valid TOML: .*line 1"),
    ],
)
def test_a_mistake_in_the_file_is_named(text: str, said: str) -> None:
    write(text)
    with pytest.raises(SettingsError, match=said):
        load()


def test_a_file_may_begin_with_a_byte_order_mark_and_end_its_lines_as_windows_does() -> None:
    Path("icewire.toml").write_bytes(b'\xef\xbb\xbfdata = "kept"\r\n[crawl]\r\nworkers = 2\r\n')
    settings = load()
    assert (settings.data, settings.crawl.workers) == (Path("kept"), 2)


def test_a_variable_for_the_file_that_is_empty_names_none(monkeypatch: pytest.MonkeyPatch) -> None:
    write('data = "kept"')
    monkeypatch.setenv("ICEWIRE_CONFIG", "")
    assert load().data == Path("kept")


def test_a_password_that_is_no_text_is_not_repeated() -> None:
    write("[mail]\nsmtp_password = 271828\n")
    with pytest.raises(
        SettingsError, match=r"icewire.toml, mail.smtp_password: input should be a valid string \("
    ) as told:
        load()
    assert "271828" not in str(told.value)


def test_a_mistake_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICEWIRE_CRAWL__POLL_MINUTES", "often")
    with pytest.raises(SettingsError, match=r"environment, ICEWIRE_CRAWL__POLL_MINUTES: .*number"):
        load()
    monkeypatch.delenv("ICEWIRE_CRAWL__POLL_MINUTES")
    monkeypatch.setenv("icewire_crawl__workers", "many")
    with pytest.raises(SettingsError, match=r"environment, ICEWIRE_CRAWL__WORKERS: .*integer"):
        load()


def test_an_unknown_variable_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICEWIRE_CRAWL__DELAY_SECOND", "1")
    with pytest.raises(SettingsError, match=r"did you mean ICEWIRE_CRAWL__DELAY_SECONDS\?"):
        load()


def test_a_file_that_is_named_must_exist() -> None:
    with pytest.raises(SettingsError, match="nowhere.toml: there is no such file"):
        load(Path("nowhere.toml"))


def test_the_example_shows_every_setting_and_says_what_the_defaults_are() -> None:
    shown = example()
    uncommented = "\n".join(line.removeprefix("#") for line in shown.splitlines() if not line.startswith("# "))
    write(uncommented)
    assert load() == load(Path("icewire.toml"))
    told = tomllib.loads(uncommented)
    for key in keys():
        group = told if len(key) == 1 else told[key[0]]
        assert key[-1] in group or key == ("clock_offset_seconds",)


def test_the_example_as_written_changes_nothing() -> None:
    write(example())
    assert load() == load()
    assert tomllib.loads(example()) == {name: {} for name in tomllib.loads(example())}


def test_a_password_does_not_appear_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable(("mail", "smtp_password")), "hunter2")
    assert "hunter2" not in repr(load())

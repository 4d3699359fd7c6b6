"""Docs that cannot lie: what README, docs and deploy name is there."""

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import SecretStr
from sqlmodel import SQLModel
from typer.core import TyperArgument, TyperGroup, TyperOption

import alerts.people.subscriber
import crawler.model.story
from alerts.query.query import parse
from crawler.places.gazetteer import Gazetteer
from crawler.registry.files import load_file
from scheduler.cli import app
from scheduler.settings import CONFIG_VARIABLE, Settings, keys, variable

ROOT = Path(__file__).parent.parent
README, OPERATING, ARCHITECTURE = (ROOT / p for p in ("README.md", "docs/operating.md", "docs/architecture.md"))
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
DEPLOY = sorted(file for file in (ROOT / "deploy").rglob("*") if file.is_file())
PACKAGES = ("crawler", "alerts", "scheduler")
NOUNS = (crawler.model.story, alerts.people.subscriber)  # importing them declares the tables

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)


@pytest.fixture(scope="module")
def command_line() -> TyperGroup:
    command = typer.main.get_command(app)
    assert isinstance(command, TyperGroup)
    return command


@each_page
def test_every_command_and_option_exists(page: Path, command_line: TyperGroup) -> None:
    for line in commands(page):
        check_command(command_line, words_of(line), line)


@each_page
def test_every_option_that_is_named_alone_exists(page: Path, command_line: TyperGroup) -> None:
    known = {option for command in walk(command_line) for param in command.params for option in param.opts}
    named = {code.split()[0] for code in inline(page) if code.startswith("--")}
    assert named <= known


def test_the_readme_names_every_command_of_the_reader(command_line: TyperGroup) -> None:
    shown = {words_of(line)[0] for line in commands(README)}
    others = {"unsubscribe", "crawl", "demo", "run"}  # told in the operating guide, or by their make target
    assert set(command_line.commands) - others <= shown


def test_the_service_starts_a_command_that_exists(command_line: TyperGroup) -> None:
    unit = (ROOT / "deploy/icewire.service").read_text("utf-8")
    line = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
    check_command(command_line, shlex.split(line)[1:], line)


@each_page
def test_every_make_target_exists(page: Path) -> None:
    named = {t for code in all_code(page) for t in re.findall(r"^make (?:-C \S+ )?([a-z]+)", code, re.MULTILINE)}
    assert named <= targets()


def test_the_readme_tells_every_make_target() -> None:
    shown = re.findall(r"(?m)`make (\w+)|^make (\w+)", README.read_text("utf-8"))
    assert set(targets()) - {inline or block for inline, block in shown} == set()
    assert {"make demo", "make run"} <= {line for block in fenced(README, "sh") for line in block.splitlines()}


@each_page
def test_every_setting_that_is_named_exists(page: Path) -> None:
    groups = {key[0] for key in keys() if len(key) > 1}
    known = {".".join(key) for key in keys()}
    dotted = {code for code in inline(page) if re.fullmatch(r"[a-z]+\.[a-z_]+", code)}
    assert {name for name in dotted if name.partition(".")[0] in groups} <= known


@pytest.mark.parametrize("page", [README, OPERATING], ids=lambda p: p.name)
def test_every_settings_example_is_accepted(page: Path) -> None:
    for block in fenced(page, "toml"):
        told = tomllib.loads(block)
        assert Settings(**told).model_dump(include=set(told)).keys() == told.keys()


def test_every_outlet_example_is_accepted(tmp_path: Path) -> None:
    for block in fenced(ROOT / "docs/adding-an-outlet.md", "toml"):
        file = tmp_path / "ma.toml"
        file.write_text(block, "utf-8")
        assert load_file(file)


def test_the_operating_guide_tells_every_setting_with_its_default() -> None:
    told = {row[0].strip("`"): tomllib.loads(f"x = {row[1].strip('`')}")["x"] for row in table(OPERATING, "Settings")}
    assert told == {".".join(key): plain(field.get_default(call_default_factory=True)) for key, field in keys().items()}


@pytest.mark.parametrize("page", [*PAGES, *DEPLOY], ids=lambda p: p.name)
def test_every_variable_exists(page: Path) -> None:
    named = set(re.findall(r"\bICEWIRE_[A-Z_]+\b", page.read_text("utf-8")))
    assert named <= {variable(key) for key in keys()} | {CONFIG_VARIABLE}


@each_page
def test_every_file_that_is_named_exists(page: Path) -> None:
    ours = re.compile(r"(?:crawler|alerts|scheduler|tests|docs|deploy)/[\w./-]*")
    named = {code for code in inline(page) if ours.fullmatch(code)}
    assert {path for path in named if not (ROOT / path).exists()} == set()


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", without_code(page))
    files = {link.partition("#")[0] for link in links if not re.match(r"https?:|#", link)}
    assert {file for file in files if not (page.parent / file).exists()} == set()


def test_every_word_of_the_glossary_is_a_name_where_it_says() -> None:
    for word, file in glossary():
        assert word in named_in(ROOT / file), f"{word} is no name in {file}"


def test_the_glossary_has_every_table_under_the_name_of_its_class() -> None:
    tables = {m.class_.__name__ for m in SQLModel._sa_registry.mappers}
    assert tables <= {word for word, _ in glossary()}


def test_no_word_of_the_glossary_stands_there_twice() -> None:
    words = [word for word, _ in glossary()]
    assert sorted(words) == sorted(set(words))


@pytest.mark.slow
def test_a_class_of_the_glossary_has_a_name_of_its_own() -> None:
    words = {word for word, _ in glossary()}
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    defined_in: dict[str, list[Path]] = {}
    for file in files:
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name in words:
                defined_in.setdefault(node.name, []).append(file.relative_to(ROOT))
    assert {word: where for word, where in defined_in.items() if len(where) > 1} == {}


def glossary() -> list[tuple[str, str]]:
    """Each word, and the file that it says it stands in."""
    rows = re.findall(r"(?m)^\| `(\w+)`[^|]*\|.*\| `([^`]+)` \|$", (ROOT / "docs/glossary.md").read_text("utf-8"))
    assert len(rows) > 40
    return rows


def named_in(file: Path) -> set[str]:
    """The classes, functions and types that a file defines."""
    body = ast.parse(file.read_text("utf-8")).body
    types = {t.id for node in body if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Name)}
    return types | {node.name for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef)}


@pytest.mark.slow
def test_every_class_and_function_of_the_architecture_exists() -> None:
    functions, members = defined()
    for code in inline(ARCHITECTURE):
        if member := re.fullmatch(r"([A-Z][A-Za-z]+)\.([a-z_]+)", code):
            assert member[2] in members.get(member[1], set()), code
        elif function := re.fullmatch(r"([a-z_]+)\(\)", code):
            assert function[1] in functions, code
        elif re.fullmatch(r"[A-Z][a-z]+[A-Z][A-Za-z]+", code):
            assert code in members, code


def test_the_architecture_tells_every_table() -> None:
    tables = {t.name for t in SQLModel.metadata.tables.values() if t.name != "alembic_version"}
    assert {row[0].strip("`") for row in table(ARCHITECTURE, "Tables")} == tables


def test_every_query_example_can_be_read(gazetteer: Gazetteer) -> None:
    examples = [row[0].strip("`") for row in table(README, "The query language")]
    examples += [words_of(line)[1] for page in PAGES for line in commands(page) if line.startswith("search ")]
    assert len(examples) > 10
    for example in examples:
        parse(example, gazetteer)


def fenced(page: Path, language: str) -> list[str]:
    """The code blocks of a language, without indentation."""
    blocks = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in blocks]


def without_code(page: Path) -> str:
    """A page's text without its code blocks."""
    return re.sub(r"^ *```.*?^ *```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def inline(page: Path) -> list[str]:
    """What stands between backticks in a page's text."""
    return re.findall(r"`([^`\n]+)`", without_code(page))


def all_code(page: Path) -> list[str]:
    return [*inline(page), *fenced(page, "sh")]


def commands(page: Path) -> Iterator[str]:
    """What follows `icewire` wherever a page shows how to use it."""
    for code in all_code(page):
        for line in code.splitlines():
            if found := re.search(r"(?:^|/bin/)icewire (.+)", line.strip()):
                yield found[1]


def words_of(line: str) -> list[str]:
    return shlex.split(line, comments=True)


def walk(command: Any) -> Iterator[Any]:
    yield command
    for child in command.commands.values() if isinstance(command, TyperGroup) else ():
        yield from walk(child)


def check_command(command: Any, words: list[str], line: str) -> None:
    """Every word is a command, an option of it, or an argument it takes."""
    waiting = list(words)
    arguments = 0
    while waiting:
        word = waiting.pop(0)
        options = {name: param for param in command.params for name in (*param.opts, *param.secondary_opts)}
        if word.startswith("-"):
            assert word in options, f"{word} in: icewire {line}"
            option = options[word]
            if not (isinstance(option, TyperOption) and option.is_flag):
                assert waiting, f"{word} needs a value in: icewire {line}"
                waiting.pop(0)
        elif isinstance(command, TyperGroup) and word != "…":
            assert word in command.commands, f"{word} in: icewire {line}"
            command = command.commands[word]
        elif word != "…":
            arguments += 1
            taken = [p.nargs for p in command.params if isinstance(p, TyperArgument)]
            assert -1 in taken or arguments <= len(taken), f"{word} in: icewire {line}"


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def table(page: Path, heading: str) -> list[list[str]]:
    """The rows of the first table under a heading."""
    section = page.read_text("utf-8").partition(f"\n## {heading}\n")[2]
    lines = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def plain(value: Any) -> Any:
    """A setting's default as TOML writes it."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Path):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def defined() -> tuple[set[str], dict[str, set[str]]]:
    """The functions of the code, and its classes with what they hold."""
    functions: set[str] = set()
    members: dict[str, set[str]] = {}
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    functions.add(node.name)
                elif isinstance(node, ast.ClassDef):
                    members.setdefault(node.name, set()).update(names(node))
    return functions, members


def names(node: ast.ClassDef) -> Iterator[str]:
    for part in node.body:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            yield part.name
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            yield part.target.id

"""What is shipped for Prometheus and Grafana names what icewire tells, and fires when it should."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from alerts.operator.running import JobRun, Running
from alerts.operator.status import Status
from alerts.operator.vitals import MailQueue, Vitals
from alerts.web.metrics import exposition

ROOT = Path(__file__).parent.parent
RULES, DASHBOARD = ROOT / "deploy/prometheus/icewire.rules.yml", ROOT / "deploy/grafana/icewire.json"
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
_WORDS = {"icewire"}


def told() -> str:
    queue = MailQueue({"queued": 1, "sending": 0}, 1.0, 1.0, {("digest", "sent"): 1}, NOW)
    status = Status((), (), {}, {"new": 1}, NOW, {})
    ever = dict.fromkeys(("entries", "articles", "stories", "matches", "digests", "deliveries"), 1)
    vitals = Vitals(status, [0.0, 5.0], 0.0, ever, {"activity": 1}, 1, 1, 0, 0.0, 0, queue, 0, 0, 0, 1)
    running = Running({}, {"match": JobRun(NOW, None, 0.1, 1, 0)}, {"pages_read": 1}, NOW, 1.0, 1, {"collect": 2})
    return exposition(vitals, running, NOW).decode()


def names() -> set[str]:
    return {sample.name for family in text_string_to_metric_families(told()) for sample in family.samples} | {
        "icewire_feeds", "process_resident_memory_bytes"
    }  # fmt: skip


def named_in(expressions: list[str]) -> set[str]:
    return {name for one in expressions for name in re.findall(r"\b(?:icewire|process)_[a-z_]+\b", one)}


def test_every_rule_asks_for_what_is_told() -> None:
    expressions = re.findall(r"^ +expr: (.+)$", RULES.read_text("utf-8"), re.MULTILINE)
    assert len(expressions) == RULES.read_text("utf-8").count("- alert:") >= 8
    assert named_in(expressions) <= names()
    # A threshold on one gauge: what "late" means is decided and tested where the gauge is made.
    assert all(re.fullmatch(r'\w+(\{job="icewire"\})? (>|==) \d+', one) for one in expressions)


def test_every_panel_shows_what_is_told() -> None:
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    assert len(panels) >= 12
    assert named_in(expressions) <= names()
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_every_alert_has_its_line_in_the_operating_guide() -> None:
    guide = (ROOT / "docs/operating.md").read_text("utf-8")
    alerts = re.findall(r"- alert: (\w+)", RULES.read_text("utf-8"))
    assert [alert for alert in alerts if f"`{alert}`" not in guide] == []


@pytest.mark.slow
def test_promtool_finds_nothing_to_complain_of(tmp_path: Path) -> None:
    tool = shutil.which("promtool")
    if not tool:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    subprocess.run([tool, "check", "metrics"], input=told(), text=True, check=True)
    subprocess.run([tool, "check", "rules", str(RULES)], check=True)
    file = tmp_path / "tests.yml"
    file.write_text(FIRING.format(rules=RULES), "utf-8")
    subprocess.run([tool, "test", "rules", str(file)], check=True)


# In JSON, which is YAML: the canary fires after 20 minutes, and what is well fires nothing.
FIRING = """\
rule_files: ["{rules}"]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {{series: icewire_canary_missing_stories, values: "0x30 1x40"}}
      - {{series: icewire_queue_overdue_seconds, values: "0x30 1700x40"}}
      - {{series: icewire_digests_overdue, values: "0x70"}}
      - {{series: icewire_workers_alive, values: "1x70"}}
    alert_rule_test:
      - {{eval_time: 45m, alertname: IcewireCanary}}
      - eval_time: 55m
        alertname: IcewireCanary
        exp_alerts:
          - exp_labels: {{severity: page}}
            exp_annotations:
              summary: "1 stories that somebody should have been mailed an hour ago or more were mailed to nobody."
      - {{eval_time: 70m, alertname: IcewireQueueStuck}}
      - {{eval_time: 70m, alertname: IcewireDigestsOverdue}}
      - {{eval_time: 70m, alertname: IcewireNoWorkers}}
"""
